//! Which glibc a program needs. Lambda's `provided.al2023` has an older one than most machines that build, and a program that
//! needs a newer one does not start there: it fails at its first request, long after its deployment succeeded.

use object::{LittleEndian, elf::FileHeader64, read::elf::FileHeader as _};

/// The newest glibc (major, minor) that Amazon Linux 2023 has.
/// <https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html>
pub(crate) const AL2023: (u32, u32) = (2, 34);

/// What every version of glibc's symbols is called: `GLIBC_2.34`.
const PREFIX: &[u8] = b"GLIBC_";

/// No symbol: that the program's relocations are packed in a way that glibc knows since 2.36.
/// <https://sourceware.org/pipermail/libc-announce/2022/000033.html>
const PACKED_RELOCATIONS: &[u8] = b"GLIBC_ABI_DT_RELR";

/// The newest glibc that a 64-bit program asks for, such as `(2, 34)`; `None` if it asks for none.
///
/// # Errors
/// What is wrong with the program's file.
pub(crate) fn newest_needed(program: &[u8]) -> Result<Option<(u32, u32)>, String> {
    let refused = |error: object::read::Error| error.to_string();
    let elf = FileHeader64::<LittleEndian>::parse(program).map_err(refused)?;
    let endian = elf.endian().map_err(refused)?;
    let sections = elf.sections(endian, program).map_err(refused)?;
    let Some((mut needs, strings)) = sections.gnu_verneed(endian, program).map_err(refused)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, program, strings).map_err(refused)?;
    let mut newest = None;
    while let Some((_, mut versions)) = needs.next().map_err(refused)? {
        while let Some(version) = versions.next().map_err(refused)? {
            let name = version.name(endian, strings).map_err(refused)?;
            newest = newest.max(number(name));
        }
    }
    Ok(newest)
}

/// `GLIBC_2.34`, or `GLIBC_2.2.5`, as its first two numbers.
fn number(version: &[u8]) -> Option<(u32, u32)> {
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
    fn a_version_is_read_by_number_and_not_by_letter() {
        assert_eq!(number(b"GLIBC_2.34"), Some((2, 34)));
        assert_eq!(number(b"GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(number(b"GLIBC_ABI_DT_RELR"), Some((2, 36)));
        assert_eq!(number(b"GCC_3.0"), None);
        assert!(number(b"GLIBC_2.9") < number(b"GLIBC_2.34"));
    }

    #[test]
    fn this_very_program_needs_what_binutils_reads_in_it() {
        let path = std::env::current_exe().unwrap();
        let newest = newest_needed(&std::fs::read(&path).unwrap()).unwrap().unwrap();
        let listed = std::process::Command::new("objdump").arg("-T").arg(&path).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let names = listed.split(|c: char| c.is_whitespace() || c == '(' || c == ')');
        let theirs = names.filter_map(|name| number(name.as_bytes())).max().unwrap();
        assert_eq!(newest, theirs);
    }

    #[test]
    fn what_is_no_program_is_refused() {
        assert!(newest_needed(b"#!/bin/sh\n").is_err());
    }
}
