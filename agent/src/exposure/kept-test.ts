import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  type ExposedPort,
  type Exposure,
  ProbeOutcome,
  type TestedPort,
} from '@vastrox/shared/exposure.ts'
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
    agrees: isStale ? null : agreesWith(worked, new Set(tries.map(({ outcome }) => outcome))),
  }
}

/**
 * The test stands where a stranger stands. `some` may or may not include that place, silence of a UDP
 * port may be its program's own, and of a program that listens for one family only the other refuses.
 */
function agreesWith(
  { protocol, reach, addresses }: WorkedOut,
  outcomes: ReadonlySet<ProbeOutcome>,
): boolean | null {
  const expected: Partial<Record<Exposure, boolean>> = {
    world: true,
    machine: false,
    closed: false,
  }
  const isOpen = expected[reach]
  if (isOpen === undefined) return null
  if (!isOpen) return !outcomes.has('answered')
  if (outcomes.has('answered')) return true
  if (protocol === 'udp') return outcomes.has('refused') && addresses.length > 0 ? false : null
  return false
}
