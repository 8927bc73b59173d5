import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeSwap, removeSwap, swapOffer, withoutSwap, withSwap } from '#agent/cli/install/swap.ts'

const HEADER = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'
const FSTAB = '# /etc/fstab\nUUID=1 / ext4 errors=remount-ro 0 1'

let folder: string
let paths: { file: string; fstab: string; swaps: string; meminfo: string }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swap-'))
  paths = {
    file: join(folder, 'swapfile'),
    fstab: join(folder, 'fstab'),
    swaps: join(folder, 'swaps'),
    meminfo: join(folder, 'meminfo'),
  }
  await writeFile(paths.fstab, FSTAB)
  await writeFile(paths.swaps, HEADER)
  await writeFile(paths.meminfo, 'MemTotal:        1004000 kB\nSwapTotal:             0 kB\n')
})
afterEach(() => rm(folder, { recursive: true }))

describe('swap at install', () => {
  it('is offered on a small machine that has none', async () => {
    expect(await swapOffer(paths)).toMatch(
      /^This machine has 1.0 GiB of memory and no swap: .*--swap/,
    )
  })

  it('is not offered where there is swap, or memory enough', async () => {
    await writeFile(paths.swaps, `${HEADER}/dev/vdb partition 1048572 0 -2\n`)
    expect(await swapOffer(paths)).toBeUndefined()

    await writeFile(paths.swaps, HEADER)
    await writeFile(paths.meminfo, 'MemTotal:        4004000 kB\n')
    expect(await swapOffer(paths)).toBeUndefined()
  })

  it('leaves what is there as it is', async () => {
    await writeFile(paths.swaps, `${HEADER}/dev/vdb partition 1048572 0 -2\n`)

    expect(await makeSwap(paths)).toBe('There is swap already: it stays as it is.')
    expect(await readFile(paths.fstab, 'utf8')).toBe(FSTAB)
  })

  it('is a line of its own in the table of file systems, and goes without a trace', () => {
    const written = withSwap(FSTAB, '/swapfile.vastrox')

    expect(written).toBe(
      `${FSTAB}\n# Vastrox: made by install.sh --swap, taken away by --uninstall --purge\n/swapfile.vastrox none swap sw 0 0\n`,
    )
    expect(withSwap(written, '/swapfile.vastrox')).toBe(written)
    expect(withoutSwap(written).trimEnd()).toBe(FSTAB)
  })

  it('of somebody else is not taken away', async () => {
    await writeFile(paths.file, 'theirs')
    await removeSwap(paths)
    expect(await readFile(paths.file, 'utf8')).toBe('theirs')
  })

  it('of ours that is not in use goes with its file', async () => {
    await writeFile(paths.file, 'ours')
    await writeFile(paths.fstab, withSwap(FSTAB, paths.file))
    await removeSwap(paths)

    await expect(readFile(paths.file)).rejects.toThrow('ENOENT')
    expect((await readFile(paths.fstab, 'utf8')).trimEnd()).toBe(FSTAB)
  })
})
