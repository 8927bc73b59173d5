import { z } from 'zod'
import { readState } from '#agent/cli/doctor/check-state.ts'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'
import { LABEL } from '#agent/containers/labels.ts'

const TIMEOUT_MS = 5_000
const MOST_NAMED = 5

const Containers = z.array(
  z.object({
    Names: z.array(z.string()),
    State: z.string().default(''),
    Labels: z.record(z.string(), z.string()).default({}),
    NetworkSettings: z
      .object({ Networks: z.record(z.string(), z.object({ NetworkID: z.string() })).default({}) })
      .default({ Networks: {} }),
  }),
)
const Networks = z.array(z.object({ Id: z.string(), Name: z.string() }))

/** Containers of ours that belong to nothing any more, and apps whose network is gone. */
export const checkContainers: Check = async (subject) => {
  const { engine, installation } = subject
  const { instance } = installation.config
  const call = { timeoutMs: TIMEOUT_MS }
  const ours = JSON.stringify({ label: [`${LABEL.instance}=${instance}`] })
  // An engine that does not answer is named already.
  const found = await engine
    .get('/containers/json', Containers, { ...call, query: { all: true, filters: ours } })
    .catch(() => undefined)
  if (!found) return []
  const networks = await engine.get('/networks', Networks, call)
  const findings: Finding[] = []
  const apps = (await readState(subject))?.appIds()
  const orphans = found.filter(({ Labels }) => {
    const app = Labels[LABEL.app]
    return apps !== undefined && app !== undefined && !apps.has(app)
  })
  if (orphans.length > 0)
    findings.push({
      check: 'containers',
      level: 'warn',
      message: `${orphans.length === 1 ? 'One container belongs' : `${orphans.length} containers belong`} to no app any more: ${sayNames(orphans)}.`,
      hint: `docker rm -f ${orphans.slice(0, MOST_NAMED).map(nameOf).join(' ')}`,
    })
  const ids = new Set(networks.map(({ Id }) => Id))
  const cutOff = found.filter(({ State, Labels, NetworkSettings }) => {
    const kind = Labels[LABEL.kind]
    if (State !== 'running' || (kind !== 'instance' && kind !== 'addon')) return false
    const places = Object.values(NetworkSettings.Networks)
    return places.length === 0 || places.some(({ NetworkID }) => !ids.has(NetworkID))
  })
  if (cutOff.length > 0)
    findings.push({
      check: 'containers',
      level: 'bad',
      message: `The network of ${sayNames(cutOff)} is gone: nobody reaches ${cutOff.length === 1 ? 'it' : 'them'}.`,
      hint: 'vastrox restart <app>, or vastrox addons:restart <add-on>, makes it anew.',
    })
  if (findings.length > 0) return findings
  return [
    {
      check: 'containers',
      level: 'ok',
      message: `${found.length} containers of Vastrox, each of an app or add-on and on its network.`,
    },
  ]
}

type Container = z.infer<typeof Containers>[number]

const nameOf = ({ Names }: Container): string => Names[0]?.slice(1) ?? ''
function sayNames(containers: readonly Container[]): string {
  const more = containers.length - MOST_NAMED
  const named = containers.slice(0, MOST_NAMED).map(nameOf).join(', ')
  return more > 0 ? `${named} and ${more} more` : named
}
