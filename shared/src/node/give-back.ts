import { readFileSync } from 'node:fs'

const MADV_DONTNEED = 4

/** Two calls of the C library. */
interface Libc {
  malloc_trim(keepBytes: bigint): number
  madvise(address: bigint, bytes: bigint, advice: number): number
}

interface Range {
  from: bigint
  bytes: bigint
}

/**
 * Returns what gives back to the kernel what neither V8 nor Node does: pages that the C library's heap
 * has free in its middle, and pages of the program itself (Node, add-ons, libraries) that starting has
 * read and nothing needs since. The latter stay in the page cache for as long as the machine has room, and
 * are mapped again when they are touched. Does nothing where the C library cannot be called.
 * `whileKnown` runs between looking and giving back: a collection of V8's belongs there.
 */
export function openGiveBack(): (whileKnown?: () => void) => void {
  const libc = openLibc()
  return (whileKnown) => {
    const pages = libc ? pagesOfPrograms(readFileSync('/proc/self/smaps', 'latin1')) : []
    whileKnown?.()
    libc?.malloc_trim(0n)
    for (const { from, bytes } of pages) libc?.madvise(from, bytes, MADV_DONTNEED)
  }
}

/**
 * The read-only mappings of files in which no page is the process's own: each can be read from its file
 * again. One that the loader has written to (relocations) is left alone.
 */
export function pagesOfPrograms(smaps: string): Range[] {
  return [...smaps.matchAll(READ_ONLY_OF_FILE)].flatMap(([, from = '', to = '', details = '']) =>
    /^Anonymous: +0 kB$/m.test(details) && !/^Rss: +0 kB$/m.test(details)
      ? [{ from: BigInt(`0x${from}`), bytes: BigInt(`0x${to}`) - BigInt(`0x${from}`) }]
      : [],
  )
}
/** `from-to r-xp offset device inode /path`, and the lines up to the next mapping, which begin with a capital. */
const READ_ONLY_OF_FILE =
  /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p [0-9a-f]+ \S+ [1-9]\d* +\/.*\n((?:[A-Z].*\n?)+)/gm

/** Undefined without glibc, or without Node's way of calling it, which may change. */
function openLibc(): Libc | undefined {
  try {
    const ffi = process.getBuiltinModule('node:ffi')
    return ffi.dlopen(null, {
      malloc_trim: { arguments: ['u64'], return: 'i32' },
      madvise: { arguments: ['u64', 'u64', 'i32'], return: 'i32' },
    }).functions
  } catch {
    // Memory is kept longer then; nothing else depends on it.
    return undefined
  }
}
