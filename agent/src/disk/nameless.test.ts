import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { namelessOf } from '#agent/disk/nameless.ts'

const MIB = 2 ** 20
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** Two files without a name, one of them open twice, and one with a name. */
const HIDES = `
const fs = require('fs'), at = process.argv[1]
for (const name of ['a', 'b', 'named']) {
  fs.openSync(at + '/' + name, 'w+')
  const fd = fs.openSync(at + '/' + name, 'r+')
  fs.writeSync(fd, Buffer.alloc(${8 * MIB}, 1)); fs.fsyncSync(fd)
  if (name !== 'named') fs.unlinkSync(at + '/' + name)
}
console.log('there'); setInterval(() => {}, 1000)`

it('finds what no walk through folders finds: files that are open and have lost their names', async () => {
  const root = await mkdtemp(join(tmpdir(), 'vastrox-nameless-'))
  folders.push(root)
  const child = spawn(process.execPath, ['-e', HIDES, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    await mkdir(join(root, 'docker/abc'), { recursive: true })
    await writeFile(join(root, 'docker/abc/cgroup.procs'), `${child.pid}\n`)

    const bytes = await namelessOf('abc', { root })
    expect(bytes).toBeGreaterThanOrEqual(16 * MIB)
    expect(bytes).toBeLessThan(18 * MIB)
    expect(await namelessOf('gone', { root })).toBe(0)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})
