import { AddAlertRule, type AlertRule, ChangeAlertRule } from '@vastrox/shared/alert.ts'
import { BuiltInRule } from '@vastrox/shared/alert-rule.ts'
import { type ConfigEntry, configShape } from '@vastrox/shared/config-shape.ts'
import type { LoadAlerts } from '#core/alerts/alert-services.ts'
import { BUILT_IN_RULES } from '#core/alerts/built-in-rules.ts'
import { byName } from '#core/config-file/named.ts'
import { isSame } from '#core/config-file/same.ts'
import { type ConfigSection, oneByOne, type SectionPlace } from '#core/config-file/section.ts'

const { condition, severity, isOn } = ChangeAlertRule.shape

const nameOf = ({ id, name, isBuiltIn }: AlertRule): string => (isBuiltIn ? id : name)

const entryOf = (rule: Pick<AlertRule, 'severity' | 'isOn' | 'condition'>): ConfigEntry => ({
  severity: rule.severity,
  isOn: rule.isOn,
  ...(rule.condition ? { condition: rule.condition } : {}),
})

/** Rules of one's own, of the team or of one app, and what is different of those that are built in. */
export function alertRulesSection(load: LoadAlerts): ConfigSection {
  async function all({ actor, app }: SectionPlace): Promise<Map<string, AlertRule>> {
    const { alertRules } = await load()
    return byName(
      alertRules.list(actor).filter((rule) => (rule.app ?? '') === app),
      nameOf,
    )
  }
  const idOf = async (place: SectionPlace, name: string): Promise<string> =>
    (await all(place)).get(name)?.id ?? ''
  return {
    name: 'alertRules',
    isSingle: false,
    names: AddAlertRule.shape.name,
    shape: configShape(
      { condition, severity, isOn },
      { condition: configShape(condition.unwrap().shape) },
    ),
    usual: { severity: 'warning', isOn: true },
    partial: ['condition'],
    required: ['condition'],
    async read(place) {
      return Object.fromEntries(
        [...(await all(place))].map(([name, rule]) => [name, entryOf(rule)]),
      )
    },
    isUnsaid(name, entry) {
      const { data: id } = BuiltInRule.safeParse(name)
      if (id === undefined) return false
      const first = BUILT_IN_RULES[id]
      return isSame(entry, entryOf({ ...first, condition: first.condition ?? null, isOn: true }))
    },
    make: oneByOne({
      async create({ actor, app }, { name, after }) {
        const { alertRules } = await load()
        const wish = { ...after, name, app: app === '' ? null : app }
        const { id } = alertRules.add(actor, AddAlertRule.parse(wish))
        if (after['isOn'] === false) alertRules.change(actor, id, { isOn: false })
      },
      change: async (place, { name, said }) =>
        (await load()).alertRules.change(
          place.actor,
          await idOf(place, name),
          ChangeAlertRule.parse(said),
        ),
      remove: async (place, { name }) =>
        (await load()).alertRules.remove(place.actor, await idOf(place, name)),
    }),
  }
}
