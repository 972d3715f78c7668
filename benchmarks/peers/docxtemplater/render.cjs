// Renders a template in this process when it is asked to, once for each of the cases asked for. Reads a line of
// JSON a request, writes one an answer: what a document took on average. Its API wants a fresh Docxtemplater for
// each document; the file's bytes and the data of all cases are kept.
// Usage: node render.cjs TEMPLATE DATA
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");
const installed = createRequire(path.join(process.cwd(), "package.json"));
const Docxtemplater = installed("docxtemplater");
const PizZip = installed("pizzip");

const template = fs.readFileSync(process.argv[2]);
const data = JSON.parse(fs.readFileSync(process.argv[3], "utf-8"));

function render(one) {
  const document = new Docxtemplater(new PizZip(template), {
    paragraphLoop: true,
    linebreaks: true,
    nullGetter: () => "",
  });
  document.render(one);
  return document.toBuffer({ compression: "DEFLATE" });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  const begun = process.hrtime.bigint();
  const before = process.cpuUsage();
  const chosen = data.slice(...request.cases);
  let docx;
  for (const one of chosen) docx = render(one);
  const used = process.cpuUsage(before);
  const wall = Number(process.hrtime.bigint() - begun) / 1e9 / chosen.length;
  const processor = (used.user + used.system) / 1e6 / chosen.length;
  if (request.path) fs.writeFileSync(request.path, docx);
  process.stdout.write(JSON.stringify({ wall, processor }) + "\n");
});
