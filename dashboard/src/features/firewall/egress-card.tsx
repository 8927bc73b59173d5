import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { AppEgress, type ChangeAppEgress } from '@vastrox/shared/firewall.ts'
import { useMay } from '#features/session/queries.ts'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { toast } from '#ui/toast.tsx'

export const egressQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'egress'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/egress`, AppEgress, { signal }),
  })

/** Where an app may connect to. Exceptions are for the command: `vastrox egress <app> --allow …`. */
export function EgressCard({ app }: { app: string }) {
  const { data: policy } = useSuspenseQuery(egressQuery(app))
  const mayChange = useMay('firewall.change')
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: (input: ChangeAppEgress) => api.patch(`/apps/${app}/egress`, AppEgress, input),
    onSuccess: () => toast.good(t('Saved.')),
    onError: toast.error,
    onSettled: () => queryClient.invalidateQueries({ queryKey: egressQuery(app).queryKey }),
  })
  const disabled = !mayChange || change.isPending

  return (
    <Card
      title={t('Connections to the outside')}
      lead={t('Private networks, the metadata address and this machine are closed to apps.')}
    >
      <div className="space-y-3">
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            className="mt-1"
            checked={policy.internet}
            disabled={disabled}
            onChange={({ target }) => change.mutate({ internet: target.checked })}
          />
          <span>{t('The app may connect to the internet')}</span>
        </label>
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            className="mt-1"
            checked={policy.smtp}
            disabled={disabled}
            onChange={({ target }) => change.mutate({ smtp: target.checked })}
          />
          <span>
            {t('Port 25 as well')}
            <span className="block text-sm text-muted">
              {t('Only a mail server needs it; sending by a provider goes over 587.')}
            </span>
          </span>
        </label>
        {policy.allow.length > 0 && (
          <div>
            <p className="text-sm font-medium">{t('Besides')}</p>
            <ul className="font-mono text-sm text-muted">
              {policy.allow.map(({ cidr, protocol, ports }) => (
                <li key={`${cidr} ${protocol} ${ports.join()}`}>
                  {cidr} {protocol} {ports.join(', ') || t('every port')}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Card>
  )
}
