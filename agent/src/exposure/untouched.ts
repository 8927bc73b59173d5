import { spawn } from 'node:child_process'
import { readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'

const NFT = '/usr/sbin/nft'
const UNSHARE = '/usr/bin/unshare'
const NSENTER = '/usr/bin/nsenter'
/** Waits for the end of its input, and so for ours. */
const WAITER = '/usr/bin/cat'
const TIMEOUT_MS = 10_000
const LOOK_EVERY_MS = 5
/** Without counters and without what sets have gathered. */
const BARE = ['-s', '-t']

let known: { text: string; listing: string } | undefined

/**
 * Whether the kernel has what was loaded, rule by rule: the text is loaded once more into a network
 * namespace that nobody uses, and both are listed. undefined where that cannot be told.
 */
export async function isUntouched(table: string, text: string): Promise<boolean | undefined> {
  try {
    const listing = ['list', 'table', 'inet', table]
    const is = await must(NFT, [...BARE, ...listing])
    if (known?.text !== text)
      known = {
        text,
        listing: await elsewhere(async (enter) => {
          await must(NSENTER, [enter, '--', NFT, '-f', '-'], text)
          return must(NSENTER, [enter, '--', NFT, ...BARE, ...listing])
        }),
      }
    return is === known.listing
  } catch {
    // Not allowed here, or the table has just gone: others say so.
    return undefined
  }
}

/** A network namespace that is there as long as the work; `enter` is what nsenter is told. */
async function elsewhere<Result>(work: (enter: string) => Promise<Result>): Promise<Result> {
  const holder = spawn(UNSHARE, ['--net', '--', WAITER], {
    shell: false,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  })
  holder.on('error', () => {
    // Its namespace does not come then, which is waited for.
  })
  try {
    const place = `/proc/${holder.pid}/ns/net`
    const here = await readlink('/proc/self/ns/net')
    for (
      let waited = 0;
      (await readlink(place).catch(() => here)) === here;
      waited += LOOK_EVERY_MS
    ) {
      if (waited > TIMEOUT_MS) throw new Error('no namespace of its own')
      await sleep(LOOK_EVERY_MS)
    }
    return await work(`--net=${place}`)
  } finally {
    holder.kill('SIGKILL')
  }
}

async function must(
  program: typeof NFT | typeof NSENTER,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const result = await run(program, args, {
    timeoutMs: TIMEOUT_MS,
    ...(input === undefined ? {} : { input }),
  })
  if (result.exitCode !== 0) throw new Error(result.stderr)
  return result.stdout.toString()
}
