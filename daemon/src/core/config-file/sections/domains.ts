import { type ConfigEntry, configShape } from '@vastrox/shared/config-shape.ts'
import { AddDomain, ChangeDomain, HostName } from '@vastrox/shared/domain.ts'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { DomainService } from '#core/domains/domain-service.ts'

/** Names that an app has of its own. */
export const domainsSection = (
  domains: Pick<DomainService, 'list' | 'add' | 'change' | 'remove'>,
): ConfigSection => ({
  name: 'domains',
  isSingle: false,
  names: HostName,
  shape: configShape(ChangeDomain.shape),
  // Which one is the first is said of that one alone.
  usual: { redirectTo: null },
  async read({ actor, app }) {
    return Object.fromEntries(
      domains
        .list(actor, app)
        .map(({ host, redirectTo, isPrimary }): [string, ConfigEntry] => [
          host,
          { redirectTo, ...(isPrimary ? { isPrimary } : {}) },
        ]),
    )
  },
  async make({ actor, app }, changes) {
    // What others redirect to has to be there before them, and goes after them.
    const added = changes.filter(({ action }) => action === 'create')
    const inOrder = added.toSorted((one, other) => rank(one.after) - rank(other.after))
    for (const { name, after } of inOrder)
      await domains.add(
        actor,
        app,
        AddDomain.parse({ host: name, redirectTo: after['redirectTo'] }),
      )
    for (const { name, after } of inOrder)
      if (after['isPrimary'] === true) await domains.change(actor, app, name, { isPrimary: true })
    for (const { action, name, said } of changes)
      if (action === 'change') await domains.change(actor, app, name, ChangeDomain.parse(said))
    const removed = changes.filter(({ action }) => action === 'remove')
    for (const { name } of removed.toSorted((one, other) => rank(other.before) - rank(one.before)))
      await domains.remove(actor, app, name)
    return []
  },
})

const rank = (entry: ConfigEntry): number => (typeof entry['redirectTo'] === 'string' ? 1 : 0)
