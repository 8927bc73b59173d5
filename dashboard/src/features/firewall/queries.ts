import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Ban,
  CountedRule,
  FirewallChange,
  FirewallPreview,
  FirewallStatus,
  type FirewallWish,
  type NewBan,
} from '@vastrox/shared/firewall.ts'
import { api } from '#lib/api.ts'
import { ApiError } from '#lib/api-error.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const ruleList = itemsOf(CountedRule)
const banList = itemsOf(Ban)
const changeList = itemsOf(FirewallChange)

const PENDING_MS = 2_000
const IDLE_MS = 15_000

export const firewallQuery = queryOptions({
  queryKey: ['firewall', 'status'],
  queryFn: ({ signal }) => api.get('/firewall', FirewallStatus, { signal }),
  refetchInterval: ({ state }) => (state.data?.pending ? PENDING_MS : IDLE_MS),
})

export const rulesQuery = queryOptions({
  queryKey: ['firewall', 'rules'],
  queryFn: ({ signal }) => api.get('/firewall/rules', ruleList, { signal }),
})

export const bansQuery = queryOptions({
  queryKey: ['firewall', 'bans'],
  queryFn: ({ signal }) => api.get('/firewall/bans', banList, { signal }),
})

export const changesQuery = queryOptions({
  queryKey: ['firewall', 'changes'],
  queryFn: ({ signal }) => api.get('/firewall/changes', changeList, { signal }),
})

export const previewQuery = (wish: FirewallWish) =>
  queryOptions({
    queryKey: ['firewall-preview', wish],
    queryFn: () => api.post('/firewall/preview', FirewallPreview, wish),
    // What answers on the machine may be different a moment later.
    staleTime: 0,
    gcTime: 0,
  })

interface Told {
  /** Called also when the part of the page that asked has gone meanwhile. */
  onSuccess?: () => void
  onError?: (error: unknown) => void
}

function useChange<Input = void>(
  mutationFn: (input: Input) => Promise<unknown>,
  { onSuccess, onError }: Told = {},
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => onSuccess?.(),
    onError: (error) => onError?.(error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['firewall'] }),
  })
}

export function useApply() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (wish: FirewallWish) => api.post('/firewall/apply', FirewallChange, wish),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['firewall'] }),
  })
}

export const useRevert = (told: Told) =>
  useChange(() => api.post('/firewall/revert', FirewallChange), told)

/** A browser keeps connections that are older than the change: each is used up once, then it makes a new one. */
const MAX_OLD_CONNECTIONS = 8

export const useConfirm = (told: Told) =>
  useChange(async () => {
    for (let used = 0; ; used += 1)
      try {
        return await api.post('/firewall/confirm', FirewallChange)
      } catch (error) {
        const isOld = error instanceof ApiError && error.code === 'FIREWALL_CONNECTION_OLD'
        if (!isOld || used >= MAX_OLD_CONNECTIONS) throw error
      }
  }, told)

export const useBan = () => useChange((ban: NewBan) => api.post('/firewall/bans', Ban, ban))
export const useLift = (told: Told) =>
  useChange((id: string) => api.delete(`/firewall/bans/${id}`, ignored), told)
