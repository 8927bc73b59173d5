import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ExposedPort, ProbeOutcome, type TestedPort } from '@vastrox/shared/exposure.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/** The last test of a machine's ports, as it lies in a file: it outlives the agent. */
const KeptTest = z.object({
  at: z.iso.datetime(),
  /** Of the firewall, when it was made. */
  generation: z.int(),
  tries: z.array(
    z.object({
      protocol: z.enum(['tcp', 'udp']),
      port: z.int(),
      address: z.string(),
      outcome: ProbeOutcome,
    }),
  ),
})
export type KeptTest = z.infer<typeof KeptTest>

/** undefined where nothing was tested yet; a file that cannot be read is as good as none. */
export async function readKeptTest(path: string): Promise<KeptTest | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return KeptTest.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export async function writeKeptTest(path: string, test: KeptTest): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeAtomically(path, JSON.stringify(test))
}

type WorkedOut = Omit<ExposedPort, 'tested'>

/** What the last test says about one port; null where it was not tried. */
export function testedOf(
  worked: WorkedOut,
  tried: readonly string[],
  test: KeptTest | undefined,
  generation: number,
): TestedPort | null {
  if (!test) return null
  const tries = test.tries
    .filter(
      ({ protocol, port, address }) =>
        protocol === worked.protocol && port === worked.port && tried.includes(address),
    )
    .slice(0, 8)
    .map(({ address, outcome }) => ({ address, outcome }))
  if (tries.length === 0) return null
  const isStale = test.generation !== generation
  return {
    at: test.at,
    tries,
    agrees: isStale ? null : agreesWith(worked, tries),
  }
}

/**
 * The test stands where a stranger stands, so that `some` may or may not include that place. A port that
 * is open has to answer in each family that it is bound to; silence of UDP may be the program's own.
 */
function agreesWith(worked: WorkedOut, tries: TestedPort['tries']): boolean | null {
  const { protocol, reach } = worked
  if (reach === 'some') return null
  if (reach !== 'world') return !tries.some(({ outcome }) => outcome === 'answered')
  const bound = tries.filter((each) => isBound(worked, each))
  if (bound.length === 0) return null
  if (protocol === 'tcp') return bound.every(({ outcome }) => outcome === 'answered')
  if (bound.some(({ outcome }) => outcome === 'answered')) return true
  return bound.some(({ outcome }) => outcome === 'refused') ? false : null
}

/** A program on `::` has IPv4 as well, unless it said that it wants none: then that is refused. */
function isBound(
  { addresses, by }: WorkedOut,
  { address, outcome }: TestedPort['tries'][number],
): boolean {
  if (address.includes(':')) return addresses.some((each) => each.includes(':'))
  if (addresses.some((each) => !each.includes(':'))) return true
  return by.kind !== 'container' && outcome !== 'refused'
}
