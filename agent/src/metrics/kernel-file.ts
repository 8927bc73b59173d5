import { closeSync, openSync, readSync } from 'node:fs'

/** `memory.stat` of version 2 has about 2 KB; /proc/stat 1 KB a core, of which the first line is wanted. */
const MOST_BYTES = 64 * 1_024

let buffer: Buffer | undefined

/**
 * What a file of the kernel's says, its first 64 KB; undefined where it is not there. At once and into
 * one buffer: these files wait for no disk, and a sample reads hundreds of them (decision 0204).
 */
export function readKernelFile(path: string, mostBytes = MOST_BYTES): string | undefined {
  buffer ??= Buffer.allocUnsafe(MOST_BYTES)
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    let used = 0
    while (used < mostBytes) {
      const got = readSync(file, buffer, used, mostBytes - used, null)
      if (got === 0) break
      used += got
    }
    return buffer.toString('latin1', 0, used)
  } catch {
    // The group or the process has gone between the two.
    return undefined
  } finally {
    closeSync(file)
  }
}

/** A file that holds one number; undefined where it is not there or says something else (`max`). */
export function readKernelNumber(path: string): number | undefined {
  const text = readKernelFile(path, 64)?.trim()
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** The number behind a word at the beginning of a line (`usage_usec 12`, `MemFree:  12 kB`); 0 where it is missing. */
export function numberAfter(text: string, word: string): number {
  let at = text.startsWith(word) ? 0 : text.indexOf(`\n${word}`) + 1
  if (at === 0 && !text.startsWith(word)) return 0
  at += word.length
  while (text.charCodeAt(at) === BLANK || text.charCodeAt(at) === COLON) at += 1
  let value = 0
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}

const BLANK = 32
const COLON = 58
const ZERO = 48
