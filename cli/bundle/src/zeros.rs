//! Removes runs of zeros from a WASM module's data.
//!
//! Memory starts as zeros, and yet a static that is not all zeros is linked into the module as a whole: the table of a P-256
//! signature, which is filled at its first use, has 25 KB of zeros. So a data segment is split at each run of zeros.

use walrus::{ConstExpr, Module, ir::Value};
use walrus::{DataId, DataKind, MemoryId};

/// The shortest run to remove, in bytes. A shorter one costs less than the header of another segment.
const WORTH: usize = 16;

/// Splits every segment with a constant address. Others are unchanged.
pub(crate) fn leave_out(module: &mut Module) {
    for (id, memory, place) in of_a_constant_place(module) {
        let bytes = std::mem::take(&mut module.data.get_mut(id).value);
        module.data.delete(id);
        module.memories.get_mut(memory).data_segments.remove(&id);
        for (start, piece) in pieces(&bytes) {
            // An address is unsigned, but the constant that contains it is signed.
            let Some(place) = u32::try_from(start).ok().and_then(|start| place.checked_add(start)) else { continue };
            let offset = ConstExpr::Value(Value::I32(place.cast_signed()));
            let added = module.data.add(DataKind::Active { memory, offset }, piece.to_vec());
            module.memories.get_mut(memory).data_segments.insert(added);
        }
    }
}

fn of_a_constant_place(module: &Module) -> Vec<(DataId, MemoryId, u32)> {
    let place = |kind: &DataKind| match kind {
        DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(place)) } => {
            Some((*memory, place.cast_unsigned()))
        }
        _ => None,
    };
    let segments = module.data.iter();
    segments.filter_map(|data| place(&data.kind).map(|(memory, place)| (data.id(), memory, place))).collect()
}

/// The parts between long runs of zeros, each with its offset.
fn pieces(bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    while let Some(zeros) = bytes.get(rest..).and_then(|bytes| bytes.iter().position(|byte| *byte != 0)) {
        let start = rest + zeros;
        let piece = &bytes[start..];
        let mut length = 0;
        while let Some(run) = piece[length..].iter().position(|byte| *byte != 0).filter(|run| *run < WORTH) {
            length += run + 1;
        }
        pieces.push((start, &piece[..length]));
        rest = start + length;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contents of memory after the module has started.
    fn memory(module: &Module) -> Vec<u8> {
        let mut memory = vec![0; 70_000];
        for (id, _, place) in of_a_constant_place(module) {
            let bytes = &module.data.get(id).value;
            memory[place as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        memory
    }

    fn module(segments: &[(i32, &[u8])]) -> Module {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 2, None, None);
        module.exports.add("memory", memory);
        for (place, bytes) in segments {
            let offset = ConstExpr::Value(Value::I32(*place));
            let id = module.data.add(DataKind::Active { memory, offset }, bytes.to_vec());
            module.memories.get_mut(memory).data_segments.insert(id);
        }
        module
    }

    #[test]
    fn memory_is_the_same_and_the_module_smaller() {
        let mut table = vec![0; 30_000];
        (table[0], table[9], table[29_000]) = (1, 2, 3);
        let mut module = module(&[(16, b"text\0text"), (32_768, &table), (200, &[0; 99])]);
        let whole = memory(&module);
        leave_out(&mut module);
        let bytes = module.emit_wasm();
        assert!(bytes.len() < 120, "{}", bytes.len());
        assert_eq!(memory(&Module::from_buffer(&bytes).unwrap()), whole);
    }

    #[test]
    fn short_runs_stay() {
        let run = b"a0123456789\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0b";
        assert_eq!(pieces(b""), []);
        assert_eq!(pieces(&[0; 40]), []);
        assert_eq!(pieces(b"ab"), [(0, &b"ab"[..])]);
        assert_eq!(pieces(b"\0a\0\0b\0"), [(1, &b"a\0\0b"[..])]);
        assert_eq!(pieces(run), [(0, &b"a0123456789"[..]), (28, b"b")]);
    }

    #[test]
    fn a_segment_without_a_place_is_left_alone() {
        let mut module = Module::default();
        let id = module.data.add(DataKind::Passive, vec![0; 64]);
        leave_out(&mut module);
        assert_eq!(module.data.get(id).value, [0; 64]);
    }
}
