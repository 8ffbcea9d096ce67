//! A Parameter Store on loopback that always returns the same response, in the documented shape.
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::Command,
    thread,
};

use serde_json::json;

use super::EdgeFailure;

/// The prefix of the parameters, which the peer has in its code and ours in its bundle.
pub(super) const PREFIX: &str = "/vitae/vitae/";

/// The signature algorithm. Both signers support both: SHA-256 with P-256 as in new stacks, SHA-1 with RSA as in old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    P256,
    Rsa,
}

impl Algorithm {
    /// The name in a figure.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::Rsa => "RSA",
        }
    }

    /// The parameter `signer/active`, with a new key.
    fn signer(self) -> Result<String, EdgeFailure> {
        let (algorithm, hash, words) = match self {
            Self::P256 => ("ecdsa-p256", "sha256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
            Self::Rsa => ("rsa-2048", "sha1", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
        };
        let output = Command::new("openssl").arg("genpkey").args(words).output();
        let pem = output.map_err(EdgeFailure::io("make a key with openssl"))?.stdout;
        let pem = String::from_utf8_lossy(&pem);
        Ok(json!({"key_pair_id": "K1", "algorithm": algorithm, "hash": hash, "private_key": pem}).to_string())
    }
}

/// Responds until the benchmark ends.
pub(super) struct ParameterStore {
    url: String,
}

impl ParameterStore {
    pub(super) fn start(algorithm: Algorithm) -> Result<Self, EdgeFailure> {
        let of = |name: &str, kind: &str, value: &str| json!({"Name": format!("{PREFIX}{name}"), "Type": kind, "Value": value, "Version": 1, "DataType": "text"});
        let config = of("config", "String", r#"{"names":["example.com","www.example.com"]}"#);
        let signer = of("signer/active", "SecureString", &algorithm.signer()?);
        let missing = ["origins/dev", "origins/prod"].map(|name| format!("{PREFIX}{name}"));
        let body = json!({"Parameters": [config, signer], "InvalidParameters": missing}).to_string();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(EdgeFailure::io("listen on loopback"))?;
        let address = listener.local_addr().map_err(EdgeFailure::io("listen on loopback"))?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let body = body.clone();
                // A client may disconnect at any time.
                thread::spawn(move || respond(&stream, &body).ok());
            }
        });
        Ok(Self { url: format!("http://{address}") })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

fn respond(mut stream: &TcpStream, body: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\ncontent-length: ";
    stream.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes())
}
