//! The glibc version that a program needs. Lambda's `provided.al2023` has an older one than most build machines, and a
//! program that needs a newer one does not start there: it fails at its first request, long after its deployment succeeded.

use object::{LittleEndian, elf::FileHeader64, read::elf::FileHeader as _};

/// The glibc version (major, minor) of Amazon Linux 2023.
/// <https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html>
pub(crate) const AL2023: (u32, u32) = (2, 34);

/// The prefix of glibc's symbol versions: `GLIBC_2.34`.
const PREFIX: &[u8] = b"GLIBC_";

/// Not a symbol version, but a mark of packed relocations, which need glibc 2.36.
/// <https://sourceware.org/pipermail/libc-announce/2022/000033.html>
const PACKED_RELOCATIONS: &[u8] = b"GLIBC_ABI_DT_RELR";

/// The newest glibc version that a 64-bit program needs, such as `(2, 34)`, or `None` if it does not use glibc.
///
/// # Errors
/// If the file is not a 64-bit ELF file.
pub(crate) fn newest_needed(program: &[u8]) -> Result<Option<(u32, u32)>, String> {
    let error = |error: object::read::Error| error.to_string();
    let elf = FileHeader64::<LittleEndian>::parse(program).map_err(error)?;
    let endian = elf.endian().map_err(error)?;
    let sections = elf.sections(endian, program).map_err(error)?;
    let Some((mut needs, strings)) = sections.gnu_verneed(endian, program).map_err(error)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, program, strings).map_err(error)?;
    let mut newest = None;
    while let Some((_, mut versions)) = needs.next().map_err(error)? {
        while let Some(version) = versions.next().map_err(error)? {
            let name = version.name(endian, strings).map_err(error)?;
            newest = newest.max(parse(name));
        }
    }
    Ok(newest)
}

/// The first two numbers of a version such as `GLIBC_2.34` or `GLIBC_2.2.5`.
fn parse(version: &[u8]) -> Option<(u32, u32)> {
    if version == PACKED_RELOCATIONS {
        return Some((2, 36));
    }
    let mut numbers = str::from_utf8(version.strip_prefix(PREFIX)?).ok()?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_numbers_and_not_as_text() {
        assert_eq!(parse(b"GLIBC_2.34"), Some((2, 34)));
        assert_eq!(parse(b"GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(parse(b"GLIBC_ABI_DT_RELR"), Some((2, 36)));
        assert_eq!(parse(b"GCC_3.0"), None);
        assert!(parse(b"GLIBC_2.9") < parse(b"GLIBC_2.34"));
    }

    #[test]
    fn the_version_agrees_with_binutils() {
        let path = std::env::current_exe().unwrap();
        let newest = newest_needed(&std::fs::read(&path).unwrap()).unwrap().unwrap();
        let listed = std::process::Command::new("objdump").arg("-T").arg(&path).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let names = listed.split(|c: char| c.is_whitespace() || c == '(' || c == ')');
        let theirs = names.filter_map(|name| parse(name.as_bytes())).max().unwrap();
        assert_eq!(newest, theirs);
    }

    #[test]
    fn a_file_that_is_not_a_program_is_an_error() {
        assert!(newest_needed(b"#!/bin/sh\n").is_err());
    }
}
