// The package under Node: `node:crypto` computes the signatures, and Rust decides what is signed and checks the result.
import { setNodeCrypto } from "./signer.js";

// Not imported: an import touches all exports of the module, which loads more of Node.
setNodeCrypto(process.getBuiltinModule?.("node:crypto"));

export * from "./index.js";
