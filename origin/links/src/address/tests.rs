use super::*;

/// Each text, and the address that is stored and written to; `None` if the text is rejected.
fn table() -> Vec<(String, Option<&'static str>)> {
    let (local_64, label_63) = ("l".repeat(64), "d".repeat(63));
    let cases: Vec<(&str, Option<&'static str>)> = vec![
        // Ordinary addresses.
        ("jane@example.com", Some("jane@example.com")),
        ("Jane.Doe@Example.COM", Some("Jane.Doe@example.com")),
        (" jane@example.com ", Some("jane@example.com")),
        ("jane+jobs@example.com", Some("jane+jobs@example.com")),
        ("j@example.co.uk", Some("j@example.co.uk")),
        ("jane_doe-1@mail-1.example.org", Some("jane_doe-1@mail-1.example.org")),
        ("o'brien@example.ie", Some("o'brien@example.ie")),
        ("a.b.c.d@example.com", Some("a.b.c.d@example.com")),
        ("123@example.com", Some("123@example.com")),
        ("jane@123.example", Some("jane@123.example")),
        // Every character that an atom may have.
        ("!#$%&'*+-/=?^_`{|}~@example.com", Some("!#$%&'*+-/=?^_`{|}~@example.com")),
        // Quoted local parts.
        ("\"jane doe\"@example.com", Some("\"jane doe\"@example.com")),
        ("\"jane@home\"@example.com", Some("\"jane@home\"@example.com")),
        ("\"jane..doe\"@example.com", Some("\"jane..doe\"@example.com")),
        ("\"jane\\\"doe\"@example.com", Some("\"jane\\\"doe\"@example.com")),
        // Internationalized domains become Punycode.
        ("jane@bücher.example", Some("jane@xn--bcher-kva.example")),
        ("jane@xn--bcher-kva.example", Some("jane@xn--bcher-kva.example")),
        ("jane@例え.jp", Some("jane@xn--r8jz45g.jp")),
        ("jane@BÜCHER.example", Some("jane@xn--bcher-kva.example")),
        // SES delivers to no local part outside ASCII.
        ("jürgen@example.com", None),
        ("用户@example.com", None),
        ("\"jürgen\"@example.com", None),
        // Parts missing or repeated.
        ("", None),
        (" ", None),
        ("@", None),
        ("jane", None),
        ("jane@", None),
        ("@example.com", None),
        ("jane@doe@example.com", None),
        ("jane@@example.com", None),
        ("jane.example.com", None),
        // Dots.
        (".jane@example.com", None),
        ("jane.@example.com", None),
        ("jane..doe@example.com", None),
        ("jane@.example.com", None),
        ("jane@example..com", None),
        ("jane@example.com.", None),
        // Domains.
        ("jane@localhost", None),
        ("jane@example", None),
        ("jane@-example.com", None),
        ("jane@example-.com", None),
        ("jane@exa_mple.com", None),
        ("jane@exa mple.com", None),
        ("jane@[192.0.2.1]", None),
        ("jane@[IPv6:2001:db8::1]", None),
        // Display names, groups, lists, comments and routes.
        ("Jane Doe <jane@example.com>", None),
        ("<jane@example.com>", None),
        ("\"Jane\" <jane@example.com>", None),
        ("jane@example.com, joe@example.com", None),
        ("jane@example.com;joe@example.com", None),
        ("jane(comment)@example.com", None),
        ("@relay.example:jane@example.com", None),
        ("mailto:jane@example.com?subject=x", None),
        // Spaces and quotes in the wrong place.
        ("jane doe@example.com", None),
        ("jane\"doe@example.com", None),
        ("\"jane@example.com", None),
        // Header injection.
        ("jane@example.com\r\nBcc: joe@example.com", None),
        ("jane\r\nBcc: joe@example.com", None),
        ("\"jane\r\n\"@example.com", None),
        ("jane@example.com\n", None),
        ("jane@example.com\0", None),
        ("jane\t@example.com", None),
    ];
    let mut cases: Vec<_> = cases.into_iter().map(|(text, expected)| (text.to_owned(), expected)).collect();
    // Lengths: 64 characters before the @, 63 in a label, 254 in all.
    let longest = format!("{local_64}@{label_63}.{label_63}.{}.com", "e".repeat(57));
    assert_eq!(longest.len(), 254);
    cases.push((longest.clone(), Some(Box::leak(longest.into_boxed_str()))));
    cases.push((format!("{local_64}@{label_63}.{label_63}.{}.com", "e".repeat(58)), None));
    cases.push((format!("{local_64}l@example.com"), None));
    cases.push((format!("jane@{label_63}d.com"), None));
    cases.push((format!("{}@example.com", "l".repeat(308)), None));
    cases
}

#[test]
fn an_address_is_one_mailbox_that_ses_delivers_to() {
    let table = table();
    assert!(table.len() >= 60, "{}", table.len());
    for (text, expected) in table {
        let address = Address::parse(&text);
        assert_eq!(address.as_ref().ok().map(Address::as_str), expected, "{text:?}");
    }
}

fn key(byte: u8) -> LinksKey {
    LinksKey::parse(&Base64::encode_string(&[byte; LINKS_KEY_BYTES])).unwrap()
}

fn hash(key: &LinksKey, address: &str) -> AddressHash {
    key.hash(&Address::parse(address).unwrap())
}

#[test]
fn spellings_of_a_mailbox_share_a_hash() {
    let key = key(1);
    let jane = hash(&key, "jane@example.com");
    for spelling in ["Jane@Example.com", "jane+a@example.com", "JANE+b+c@EXAMPLE.COM"] {
        assert_eq!(hash(&key, spelling), jane, "{spelling}");
    }
    for other in ["jane@example.org", "j.ane@example.com", "+jane@example.com", "\"jane+a\"@example.com"] {
        assert_ne!(hash(&key, other), jane, "{other}");
    }
}

#[test]
fn a_hash_needs_the_key() {
    assert_ne!(hash(&key(1), "jane@example.com"), hash(&key(2), "jane@example.com"));
    // printf 'address\0jane@example.com' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101...01
    let expected = "1b5678bd5b21be0eade80fe39621248685afcba6121bd62d648618bc1ce0e1a4";
    assert_eq!(hash(&key(1), "jane@example.com").as_str(), expected);
}

#[test]
fn a_derived_code_is_fixed_by_key_and_token() {
    assert_eq!(key(1).code("t"), key(1).code("t"));
    assert_ne!(key(1).code("t"), key(1).code("u"));
    assert_ne!(key(1).code("t"), key(2).code("t"));
    assert!(Code::parse(key(1).code("t").as_str()).is_some());
}

#[test]
fn another_key_is_rejected_and_none_is_shown() {
    for text in ["", "AAAA", "not base64", &Base64::encode_string(&[1; 31]), &Base64::encode_string(&[1; 33])] {
        assert_eq!(LinksKey::parse(text).err(), Some(BadKey), "{text}");
    }
    let shown = format!("{:?} {:?}", key(1), Address::parse("jane@example.com").unwrap());
    assert_eq!(shown, "LinksKey(..) Address(..)");
}
