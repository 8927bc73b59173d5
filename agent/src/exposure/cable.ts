import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { run } from '@vastrox/shared/node/run.ts'

/**
 * A veth pair from this network namespace to that of a probe. It adds one device with link-local
 * addresses and nothing else: no route beyond its own network, no rule, no setting of the kernel
 * (docs/decisions/0100). It goes with the probe's namespace, whatever dies.
 */
export interface Cable {
  /** Addresses of the far end to try from, by family; empty where the machine has none of that family. */
  sources: { 4: readonly string[]; 6: readonly string[] }
  remove(): Promise<void>
}

const IP = '/usr/sbin/ip'
const NSENTER = '/usr/bin/nsenter'
const TIMEOUT_MS = 10_000

/** There while a test is under way. */
export const markerOf = (directory: string): string => join(directory, 'testing')

const nameOf = (instance: string): string => `vxt${instance}`

/** `count` sources: what caps connections of one address is not to be met. Throws EXPOSURE_TEST_UNAVAILABLE. */
export async function layCable(
  instance: string,
  pid: number,
  count: number,
  taken: readonly string[],
): Promise<Cable> {
  if (!existsSync(IP) || !existsSync(NSENTER))
    throw unavailable('The program ip is missing (apt-get install iproute2).')
  const name = nameOf(instance)
  const net4 = freeNetwork(taken)
  const net6 = `fd76:78${instance.slice(0, 2)}:${instance.slice(2, 6)}`
  const far4 = Array.from({ length: count }, (_, at) => `${net4}.${at + 2}`)
  // Each in a /64 of its own: that is what counts as one source.
  const far6 = Array.from({ length: count }, (_, at) => `${net6}:${(at + 2).toString(16)}::2`)
  const inside = (...words: string[]): string[] => [`--net=/proc/${pid}/ns/net`, '--', IP, ...words]

  await run(IP, ['link', 'del', name], { timeoutMs: TIMEOUT_MS })
  await must(IP, ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'cable', 'netns', `${pid}`])
  try {
    await must(IP, ['-batch', '-'], [`addr add ${net4}.1/24 dev ${name}`, `link set ${name} up`])
    await must(NSENTER, inside('-batch', '-'), [
      'link set lo up',
      ...far4.map((address) => `addr add ${address}/24 dev cable`),
      'link set cable up',
      `route add default via ${net4}.1`,
    ])
  } catch (error) {
    await run(IP, ['link', 'del', name], { timeoutMs: TIMEOUT_MS })
    throw error
  }
  const has6 =
    (await tryIt(
      IP,
      ['-6', '-batch', '-'],
      [
        // Without one that counts at once, neighbours are not asked for during the first second.
        `addr add fe80::1/64 dev ${name} nodad`,
        `addr add ${net6}:1::1/48 dev ${name} nodad`,
      ],
    )) &&
    (await tryIt(NSENTER, inside('-6', '-batch', '-'), [
      'addr add fe80::2/64 dev cable nodad',
      ...far6.map((address) => `addr add ${address}/48 dev cable nodad`),
      `route add default via ${net6}:1::1`,
    ]))

  return {
    sources: { 4: far4, 6: has6 ? far6 : [] },
    async remove() {
      await run(IP, ['link', 'del', name], { timeoutMs: TIMEOUT_MS })
    },
  }
}

/** Says on disk that a cable may lie there, for the next start to look. */
export async function markCable(marker: string): Promise<void> {
  await mkdir(dirname(marker), { recursive: true, mode: 0o700 })
  await writeFile(marker, '')
}

/** What a test that was killed has left; nothing where none was. */
export async function removeLeftCable(marker: string, instance: string): Promise<void> {
  if (!existsSync(marker)) return
  await run(IP, ['link', 'del', nameOf(instance)], { timeoutMs: TIMEOUT_MS }).catch(() => {
    // Without the program there was no cable.
  })
  await rm(marker, { force: true })
}

/** Three numbers of a link-local /24 that none of the machine's addresses is in. */
export function freeNetwork(taken: readonly string[]): string {
  for (let third = 77; third < 169; third++) {
    const prefix = `169.254.${third}`
    if (!taken.some((address) => address.startsWith(`${prefix}.`))) return prefix
  }
  throw unavailable('No link-local network is free.')
}

const unavailable = (reason: string): CodedError =>
  new CodedError('EXPOSURE_TEST_UNAVAILABLE', { reason })

async function must(
  program: typeof IP | typeof NSENTER,
  args: readonly string[],
  lines: readonly string[] = [],
): Promise<void> {
  const result = await run(program, args, { timeoutMs: TIMEOUT_MS, input: `${lines.join('\n')}\n` })
  if (result.exitCode !== 0)
    throw unavailable(
      `The cable for the test cannot be laid: ${result.stderr.trim().split('\n')[0]}`,
    )
}

const tryIt = (
  program: typeof IP | typeof NSENTER,
  args: readonly string[],
  lines: readonly string[],
): Promise<boolean> =>
  must(program, args, lines).then(
    () => true,
    // A machine without IPv6.
    () => false,
  )
