import { configShape } from '@vastrox/shared/config-shape.ts'
import {
  AddUptimeCheck,
  ChangeUptimeCheck,
  type UptimeCheck,
  UptimeExpect,
} from '@vastrox/shared/uptime.ts'
import { byName } from '#core/config-file/named.ts'
import { type ConfigSection, oneByOne, pick, type SectionPlace } from '#core/config-file/section.ts'
import type { LoadUptime } from '#core/uptime/uptime-services.ts'

const settings = ChangeUptimeCheck.omit({ name: true }).shape
const nested = { expect: configShape(UptimeExpect.shape) }
const USUAL = {
  method: 'GET',
  everyMs: 60_000,
  timeoutMs: 10_000,
  followRedirects: false,
  isOn: true,
} as const
const MOST_READ = 200

/** How the address of an app itself is looked at. */
export const uptimeOfAppSection = (load: LoadUptime): ConfigSection => ({
  name: 'uptime',
  isSingle: true,
  shape: configShape(settings, nested),
  usual: { ...USUAL, target: '/', expect: { slowMs: 5_000 } },
  read: async ({ actor, app }) => ({
    '': pick((await load()).ofApp(actor, app), Object.keys(settings)),
  }),
  make: oneByOne({
    async change({ actor, app }, { said }) {
      const uptime = await load()
      const { id } = uptime.ofApp(actor, app)
      return uptime.change(actor, id, ChangeUptimeCheck.parse(said))
    },
  }),
})

/** What else a team has looked at. */
export function uptimeSection(load: LoadUptime): ConfigSection {
  async function all({ actor }: SectionPlace): Promise<Map<string, UptimeCheck>> {
    const uptime = await load()
    const found: UptimeCheck[] = []
    let cursor: string | undefined
    do {
      const page = uptime.list(actor, { limit: MOST_READ, ...(cursor ? { cursor } : {}) })
      found.push(...page.items.filter(({ app }) => app === null))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return byName(found, ({ name }) => name)
  }
  const idOf = async (place: SectionPlace, name: string): Promise<string> =>
    (await all(place)).get(name)?.id ?? ''
  return {
    name: 'uptime',
    isSingle: false,
    names: AddUptimeCheck.shape.name.unwrap(),
    shape: configShape({ ...settings, kind: AddUptimeCheck.shape.kind }, nested),
    usual: { ...USUAL, expect: {} },
    required: ['kind', 'target'],
    fixed: ['kind'],
    async read(place) {
      const fields = [...Object.keys(settings), 'kind']
      return Object.fromEntries(
        [...(await all(place))].map(([name, check]) => [name, pick(check, fields)]),
      )
    },
    make: oneByOne({
      async create({ actor }, { name, after }) {
        const uptime = await load()
        const { id } = await uptime.add(actor, AddUptimeCheck.parse({ ...after, name }))
        if (after['isOn'] === false) await uptime.change(actor, id, { isOn: false })
      },
      change: async (place, { name, said }) =>
        (await load()).change(place.actor, await idOf(place, name), ChangeUptimeCheck.parse(said)),
      remove: async (place, { name }) =>
        (await load()).remove(place.actor, await idOf(place, name)),
    }),
  }
}
