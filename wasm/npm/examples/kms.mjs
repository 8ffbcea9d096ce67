// Signs a URL with a key in AWS KMS, which cannot be exported. Its spec is ECC_NIST_P256 or RSA_2048, its usage SIGN_VERIFY.
//
// node kms.mjs URL KEY_ID KEY_PAIR_ID
//
// CloudFront needs the public half: `aws kms get-public-key` returns it. Only SHA-256 works: KMS has no SHA-1.
import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { prepareSignedUrl } from "vitae-signer";

const [url, KeyId, keyPairId] = process.argv.slice(2);
const kms = new KMSClient();

const { SigningAlgorithms } = await kms.send(new GetPublicKeyCommand({ KeyId }));
const SigningAlgorithm = ["ECDSA_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256"].find((name) => SigningAlgorithms.includes(name));

const prepared = prepareSignedUrl({ url, keyPairId, dateLessThan: Date.now() + 60_000 });
const command = new SignCommand({ KeyId, Message: prepared.digest, MessageType: "DIGEST", SigningAlgorithm });
const { Signature } = await kms.send(command);
console.log(prepared.finish(Signature));
