import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { deploymentsOf } from '#support/apps.ts'
import { connectInstallation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/**
 * What is tried on a small machine, from inside of it: three examples are pushed and answer, then a
 * build that wants more than there is, while the apps are asked. Prints one JSON object.
 */
const EXAMPLES = ['node-express', 'flask', 'php-plain']
const ROOT = resolve(import.meta.dirname, '../..')
const HOG = 'const all = []; setInterval(() => all.push(Buffer.alloc(16e6, 1)), 20)'

const vastrox = connectInstallation()
const memory = (key: string): number =>
  Number(
    new RegExp(`^${key} (\\d+)`, 'm').exec(
      readFileSync('/sys/fs/cgroup/memory/memory.stat', 'utf8'),
    )?.[1],
  )

async function pushed(app: string, prepare: (copy: ReturnType<typeof createWorkingCopy>) => void) {
  const copy = createWorkingCopy(vastrox.remote(app))
  await copy.init()
  prepare(copy)
  await copy.commit(app)
  const result = await copy.push()
  copy.remove()
  return result
}

const apps = []
for (const app of EXAMPLES) {
  const { exitCode, durationMs } = await pushed(app, (copy) =>
    copy.copyFrom(join(ROOT, 'examples', app)),
  )
  const { status } = await vastrox.visit(app)
  apps.push({ app, exitCode, seconds: Math.round(durationMs / 100) / 10, status })
}
const usedBytes = memory('total_rss')

const visits = { sent: 0, failed: 0 }
const over = new AbortController()
const visiting = (async () => {
  while (!over.signal.aborted) {
    for (const app of EXAMPLES) {
      const { status } = await vastrox.visit(app).catch(() => ({ status: 0 }))
      visits.sent += 1
      if (status !== 200) visits.failed += 1
    }
    await sleep(50)
  }
})()
const hungry = await pushed('hungry', (copy) =>
  copy.write({
    'package.json': JSON.stringify({
      name: 'hungry',
      private: true,
      scripts: { build: 'node hog.js', start: 'node server.js' },
    }),
    'hog.js': HOG,
    'server.js': '',
  }),
)
over.abort()
await visiting
const [deployment] = await deploymentsOf(vastrox, 'hungry')
const reason = deployment?.reason ?? hungry.output

console.log(
  JSON.stringify({
    apps,
    usedBytes,
    reason,
    visits,
    ok:
      apps.every(({ exitCode, status }) => exitCode === 0 && status === 200) &&
      /out of memory|keep their memory/.test(reason) &&
      visits.sent > 10 &&
      visits.failed === 0,
  }),
)
