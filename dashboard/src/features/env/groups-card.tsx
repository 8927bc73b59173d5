import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EnvVariable } from '@vastrox/shared/env.ts'
import { ArrowUp, X } from 'lucide-react'
import { Marks } from '#features/env/env-row.tsx'
import { appGroupsQuery, envGroupsQuery, useAttachGroups } from '#features/env/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Select } from '#ui/select.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  /** The app's own and those of its groups. */
  variables: readonly EnvVariable[]
}

/** The shared groups of an app in the order in which they go over each other. */
export function GroupsCard({ app, variables }: Props) {
  const mayAttach = useMay('env-group.change')
  const mayRead = useMay('env-group.read')
  const { data: { groups } = { groups: [] } } = useQuery(appGroupsQuery(app))
  const { data: all = [] } = useQuery({ ...envGroupsQuery, enabled: mayRead })
  const attach = useAttachGroups(app)
  const others = all.filter(({ name }) => !groups.includes(name))
  if (groups.length === 0 && (!mayAttach || others.length === 0)) return null

  const change = (next: readonly string[]) =>
    attach.mutate(next, {
      onSuccess: ({ deployment }) =>
        toast.good(
          deployment
            ? t('Deployment #{number} brings it live.', { number: deployment.number })
            : t('Saved.'),
        ),
      onError: toast.error,
    })

  return (
    <Card
      title={t('Env groups')}
      lead={t(
        'Variables that apps share. A group goes over those above it, the app’s own variables over all.',
      )}
      flush
      aside={
        mayAttach &&
        others.length > 0 && (
          <Select
            label={t('Attach a group')}
            hideLabel
            value=""
            disabled={attach.isPending}
            onChange={(event) => change([...groups, event.target.value])}
          >
            <option value="" disabled>
              {t('Attach a group …')}
            </option>
            {others.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        )
      }
    >
      <ol>
        {groups.map((group, index) => (
          <li key={group} className="border-b border-line px-4 py-2.5 last:border-0 sm:px-5">
            <div className="flex items-center justify-between gap-4">
              <Link to="/env-groups" hash={group} className="font-medium underline">
                {group}
              </Link>
              {mayAttach && (
                <span className="flex">
                  {index > 0 && (
                    <Button
                      variant="quiet"
                      size="sm"
                      square
                      disabled={attach.isPending}
                      aria-label={t('Move {group} up', { group })}
                      title={t('Up: the group above goes over it')}
                      onClick={() => change(movedUp(groups, index))}
                      icon={<ArrowUp size={15} aria-hidden />}
                    />
                  )}
                  <Button
                    variant="quiet"
                    size="sm"
                    square
                    disabled={attach.isPending}
                    aria-label={t('Detach {group}', { group })}
                    title={t('Detach')}
                    onClick={() => change(groups.filter((name) => name !== group))}
                    icon={<X size={15} aria-hidden />}
                  />
                </span>
              )}
            </div>
            <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm">
              {variables
                .filter((variable) => variable.group === group)
                .map((variable) => (
                  <li key={variable.key} className="flex items-center gap-1.5">
                    <code className={variable.isOverridden ? 'text-faint line-through' : ''}>
                      {variable.key}
                    </code>
                    <Marks row={variable} />
                    {variable.isOverridden && <Badge tone="warn">{t('overridden')}</Badge>}
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ol>
    </Card>
  )
}

const movedUp = (groups: readonly string[], index: number): string[] =>
  groups.map((name, at) =>
    at === index - 1 ? (groups[index] ?? name) : at === index ? (groups[index - 1] ?? name) : name,
  )
