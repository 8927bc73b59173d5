import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { BaseDomain, BaseDomainCheck, type MoveBaseDomain } from '@vastrox/shared/base-domain.ts'
import { api } from '#lib/api.ts'

/** Name servers that do not answer are waited for. */
const LOOK_MS = 40_000
/** Everything that is told of the move, on a busy server. */
const MOVE_MS = 120_000
const MOVING_EVERY_MS = 3_000

export const baseDomainQuery = queryOptions({
  queryKey: ['base-domain'],
  queryFn: ({ signal }) => api.get('/base-domain', BaseDomain, { signal }),
  refetchInterval: ({ state }) => (state.data?.isMoving ? MOVING_EVERY_MS : false),
})

export const useCheckBaseDomain = () =>
  useMutation({
    mutationFn: (name: string) =>
      api.post('/base-domain/check', BaseDomainCheck, { name }, { timeoutMs: LOOK_MS }),
  })

function useMove<Input>(mutationFn: (input: Input) => Promise<BaseDomain>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: (found) => {
      queryClient.setQueryData(baseDomainQuery.queryKey, found)
      return queryClient.invalidateQueries({ queryKey: ['first-run'] })
    },
  })
}

export const useMoveBaseDomain = () =>
  useMove((wish: MoveBaseDomain) =>
    api.put('/base-domain', BaseDomain, wish, { timeoutMs: MOVE_MS }),
  )

export const useUndoBaseDomain = () =>
  useMove<void>(() => api.post('/base-domain/undo', BaseDomain, {}, { timeoutMs: MOVE_MS }))
