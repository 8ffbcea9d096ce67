/** Keys that are generated for this run. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const KEY_PAIR_ID = "K2JCJMDEHXQW5F";

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const pem = (key, type = "pkcs8") => key.export({ type, format: "pem" });

export const withRsa = { keyPairId: KEY_PAIR_ID, privateKey: pem(rsa.privateKey) };
export const withP256 = { keyPairId: KEY_PAIR_ID, privateKey: pem(p256.privateKey) };

/** Calls `use` with a temporary folder that contains `files`. */
export function inFolder(files, use) {
  const folder = mkdtempSync(path.join(tmpdir(), "vitae-conformance-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
