import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import {
  type AddAlertRule,
  type AddSilence,
  Alert,
  AlertRule,
  type ChangeAlertRule,
  Silence,
} from '@vastrox/shared/alert.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const alertPage = pageOf(Alert)
const alertList = itemsOf(Alert)
const ruleList = itemsOf(AlertRule)
const silenceList = itemsOf(Silence)
/** Events say when; this is for what nobody told. */
const EVERY_MS = 60_000

/** What is wrong now, of one app or of all. */
export const firingQuery = (app?: string) =>
  queryOptions({
    queryKey: ['alerts', 'firing', app ?? ''],
    queryFn: ({ signal }) =>
      api.get(
        `/alerts?state=firing&limit=100${app === undefined ? '' : `&app=${app}`}`,
        alertList,
        {
          signal,
        },
      ),
    refetchInterval: EVERY_MS,
  })

export const resolvedQuery = infiniteQueryOptions({
  queryKey: ['alerts', 'resolved'],
  queryFn: ({ pageParam, signal }) =>
    api.get(
      `/alerts?state=resolved&limit=50${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
      alertPage,
      { signal },
    ),
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
})

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => api.get(`/alerts/${id}`, Alert, { signal }),
  })

export const rulesQuery = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: ({ signal }) => api.get('/alert-rules', ruleList, { signal }),
})

export const silencesQuery = queryOptions({
  queryKey: ['alerts', 'silences'],
  queryFn: ({ signal }) => api.get('/silences', silenceList, { signal }),
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  })
}

export const useAcknowledge = () =>
  useChange((id: string) => api.post(`/alerts/${id}/acknowledge`, Alert))
export const useAddRule = () =>
  useChange((rule: AddAlertRule) => api.post('/alert-rules', AlertRule, rule))
export const useChangeRule = () =>
  useChange(({ id, ...change }: ChangeAlertRule & { id: string }) =>
    api.patch(`/alert-rules/${encodeURIComponent(id)}`, AlertRule, change),
  )
export const useRemoveRule = () =>
  useChange((id: string) => api.delete(`/alert-rules/${encodeURIComponent(id)}`, ignored))
export const useAddSilence = () =>
  useChange((silence: AddSilence) => api.post('/silences', Silence, silence))
export const useRemoveSilence = () =>
  useChange((id: string) => api.delete(`/silences/${encodeURIComponent(id)}`, ignored))
