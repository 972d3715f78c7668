"""The French language room: articles, agreement, dates, amounts, typography, dated vocabulary. All pure."""
