import { existsSync } from 'node:fs'
import { chmod, readFile, rm, statfs } from 'node:fs/promises'
import { floorOf } from '@vastrox/shared/disk-floor.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const GIB = 2 ** 30
/** Builds of ordinary apps fit beside what runs from here on. */
const SMALL_MACHINE_BYTES = 2.5 * GIB
export const SWAP_BYTES = 2 * GIB
const FORMAT_TIMEOUT_MS = 120_000
const NOTE = '# Vastrox: made by install.sh --swap, taken away by --uninstall --purge'

interface Paths {
  file: string
  fstab: string
  swaps: string
  meminfo: string
}
export const SWAP_PATHS: Paths = {
  file: '/swapfile.vastrox',
  fstab: '/etc/fstab',
  swaps: '/proc/swaps',
  meminfo: '/proc/meminfo',
}

/** What to say to somebody with a small machine; undefined where there is nothing to offer. */
export async function swapOffer(paths = SWAP_PATHS): Promise<string | undefined> {
  const meminfo = await readFile(paths.meminfo, 'utf8')
  const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1_024
  if (total === 0 || total >= SMALL_MACHINE_BYTES || (await hasSwap(paths))) return undefined
  return `This machine has ${gigabytes(total)} of memory and no swap: builds may have to wait, or fail. ./install.sh --swap makes ${gigabytes(SWAP_BYTES)} of it.`
}

/**
 * Makes a swap file and has it used from now on and after every start; only ever on request. One that
 * is there is left as it is. Gives a line for people.
 */
export async function makeSwap(paths = SWAP_PATHS): Promise<string> {
  if (await hasSwap(paths)) return 'There is swap already: it stays as it is.'
  const { blocks, bavail, bsize } = await statfs('/')
  if (bavail * bsize - SWAP_BYTES < floorOf(blocks * bsize))
    throw new SetupError(
      `There is no room for ${gigabytes(SWAP_BYTES)} of swap on this disk.`,
      'Free some space, or leave --swap out.',
    )
  try {
    await mustRun('/usr/bin/fallocate', ['--length', String(SWAP_BYTES), paths.file])
    await chmod(paths.file, 0o600)
    await mustRun('/usr/sbin/mkswap', [paths.file], { timeoutMs: FORMAT_TIMEOUT_MS })
    await mustRun('/usr/sbin/swapon', [paths.file])
  } catch (error) {
    await rm(paths.file, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new SetupError(
      `The swap file could not be taken into use: ${reason}`,
      'Leave --swap out; a container or some file systems have no swap files.',
      { cause: error },
    )
  }
  const fstab = await readFile(paths.fstab, 'utf8').catch(() => '')
  await writeAtomically(paths.fstab, withSwap(fstab, paths.file), 0o644)
  return `${gigabytes(SWAP_BYTES)} of swap in ${paths.file}.`
}

/** Takes away what makeSwap made, and nothing else. */
export async function removeSwap(paths = SWAP_PATHS): Promise<void> {
  const fstab = await readFile(paths.fstab, 'utf8').catch(() => '')
  if (!fstab.includes(NOTE)) return
  if ((await readFile(paths.swaps, 'utf8')).includes(`${paths.file} `))
    await mustRun('/usr/sbin/swapoff', [paths.file], { timeoutMs: FORMAT_TIMEOUT_MS })
  await writeAtomically(paths.fstab, withoutSwap(fstab), 0o644)
  if (existsSync(paths.file)) await rm(paths.file)
}

export const withSwap = (fstab: string, file: string): string => {
  const before = withoutSwap(fstab)
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  return `${before}${gap}${NOTE}\n${file} none swap sw 0 0\n`
}

/** The note and the line after it. */
export const withoutSwap = (fstab: string): string => {
  const lines = fstab.split('\n')
  const at = lines.indexOf(NOTE)
  return at === -1 ? fstab : lines.toSpliced(at, 2).join('\n')
}

async function hasSwap({ swaps }: Paths): Promise<boolean> {
  const lines = (await readFile(swaps, 'utf8')).trim().split('\n')
  return lines.length > 1
}

const gigabytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
