BEGIN TRANSACTION;
CREATE TABLE events (
	dossier TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	personal TEXT, 
	personal_sha256 TEXT, 
	previous TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (dossier, sequence)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "events" VALUES('embrunais',1,'milestone','2026-10-13T08:00:00Z','{"evidence":[],"milestone":"rencontre-faite","on":"2026-10-13"}','{"salt":"00000000000000000000000000000004","values":{"note":null}}','b4b816c3e1f6faa84d637cddaa661a4454eebbd2c5a6ead243ef97f44585faee','0000000000000000000000000000000000000000000000000000000000000000','989d1868cb179ee560a761e054a1126ff886e454cf56e3a10f94ad57209713fe');
INSERT INTO "events" VALUES('haut-verdon',1,'milestone','2026-10-13T08:00:00Z','{"evidence":[],"milestone":"rencontre-faite","on":"2026-10-13"}','{"salt":"00000000000000000000000000000001","values":{"note":null}}','95dfae02e583e43b7d2d7631fa38817cdb408a2bfd8d9cf854c8ab302626d691','0000000000000000000000000000000000000000000000000000000000000000','9b7f9c98cbfe8887cbdbfd5e3e57bd44c329c115e526c671458905366fa2ccfd');
INSERT INTO "events" VALUES('haut-verdon',2,'signed','2026-10-13T08:00:00Z','{"evidence":[],"means":"papier","on":"2026-10-13","original":1,"party":"porteuse","reference":"HV-1"}',NULL,'4768ca0cfe5c6b3a7413e9938084d3f9bc2a44642b5c085b83aa3b92b8ddcbb4','9b7f9c98cbfe8887cbdbfd5e3e57bd44c329c115e526c671458905366fa2ccfd','4de7cf4ea065faafa55e6e205a20cb7db2985c23d25f33ac0388412b5e030f75');
INSERT INTO "events" VALUES('haut-verdon',3,'signed','2026-10-13T08:00:00Z','{"evidence":[],"means":"papier","on":"2026-10-13","original":1,"party":"porteuse","reference":"HV-1"}','{"salt":"00000000000000000000000000000003","values":{"note":"Mme Lise Exemple"}}','b6e9d7a56955ea7714be5fb68eb70f5acbca4740d5d326d9458d1e4fb6950547','4de7cf4ea065faafa55e6e205a20cb7db2985c23d25f33ac0388412b5e030f75','5de6b58f828087ee9c8c61aad4beeefd25459daf5d4d7cc0b3624019c65ae532');
CREATE TRIGGER events_follow BEFORE INSERT ON events
    WHEN NEW.sequence IS NOT (
        SELECT coalesce(max(sequence), 0) + 1 FROM events WHERE dossier = NEW.dossier
    )
    BEGIN SELECT RAISE(ABORT, 'an event follows the last one of its case'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events
    WHEN NEW.personal IS NOT NULL OR NEW.dossier IS NOT OLD.dossier OR NEW.sequence IS NOT OLD.sequence OR NEW.kind IS NOT OLD.kind OR NEW.recorded_at IS NOT OLD.recorded_at OR NEW.facts IS NOT OLD.facts OR NEW.personal_sha256 IS NOT OLD.personal_sha256 OR NEW.previous IS NOT OLD.previous OR NEW.digest IS NOT OLD.digest
    BEGIN SELECT RAISE(ABORT, 'an event never changes, but its personal data may be erased'); END;
COMMIT;
