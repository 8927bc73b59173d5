import { run } from '@vastrox/shared/node/run.ts'

const NFT = '/usr/sbin/nft'
const UNSHARE = '/usr/bin/unshare'
const TIMEOUT_MS = 10_000
/** Without counters and without what sets have gathered. */
const BARE = ['-s', '-t']

let known: { text: string; listing: string } | undefined

/**
 * Whether the kernel has what was loaded, rule by rule: the text is loaded once more into a network
 * namespace that nobody uses, and both are listed. undefined where that cannot be told.
 */
export async function isUntouched(table: string, text: string): Promise<boolean | undefined> {
  try {
    const is = await must(NFT, [...BARE, 'list', 'table', 'inet', table])
    if (known?.text !== text)
      known = {
        text,
        listing: await must(
          UNSHARE,
          ['--net', '--', NFT, ...BARE, '-f', '-'],
          `${text}\nlist table inet ${table}\n`,
        ),
      }
    return is.trim() === known.listing.trim()
  } catch {
    // Not allowed here, or the table has just gone: others say so.
    return undefined
  }
}

async function must(
  program: typeof NFT | typeof UNSHARE,
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
