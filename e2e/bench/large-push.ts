import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { destroyApp, pushTinyApp, versionOf } from '#support/apps.ts'
import { type Installation, until } from '#support/installation.ts'

const APP = 'bench-large'
const CHUNK = 2 ** 20
/** What may be more afterwards: rows, a log. */
const SLACK_KB = 8_192

/** A push beyond the limit: refused in words, nothing of it stays on disk, and what runs runs on. */
export async function benchLargePush(vastrox: Installation, megabytes = 600) {
  const copy = await pushTinyApp(vastrox, APP, 'v1')
  const diskBefore = kilobytesOf(vastrox)
  writeRandom(join(copy.path, 'large.bin'), megabytes)
  await copy.commit('large')

  const refused = await copy.push()
  const version = await versionOf(vastrox, APP)
  const isDiskFree = await until(
    'the disk to be as it was',
    async () => kilobytesOf(vastrox) - diskBefore < SLACK_KB,
  ).catch(() => false)

  const leftKb = kilobytesOf(vastrox) - diskBefore
  await copy.git('reset', '-q', '--hard', 'HEAD~1')
  await copy.commit('small again')
  const again = await copy.push()
  await destroyApp(vastrox, APP)
  copy.remove()
  const reason = /The push is[^\n]*/.exec(refused.output)?.[0] ?? ''
  return {
    megabytes,
    refusedAfterSeconds: Math.round(refused.durationMs / 100) / 10,
    reason,
    leftKb,
    servesStill: version,
    nextPush: again.exitCode,
    ok:
      refused.exitCode !== 0 &&
      reason !== '' &&
      isDiskFree &&
      version === 'v1' &&
      again.exitCode === 0,
  }
}

/** Random, so that no compression makes it smaller. */
function writeRandom(path: string, megabytes: number): void {
  const file = openSync(path, 'w')
  const bytes = Buffer.alloc(CHUNK)
  for (let written = 0; written < megabytes; written += 1) writeSync(file, randomFillSync(bytes))
  closeSync(file)
}

const kilobytesOf = (vastrox: Installation): number =>
  Number.parseInt(
    execFileSync('/usr/bin/du', ['-sk', vastrox.dataDir], { encoding: 'utf8', timeout: 60_000 }),
    10,
  )
