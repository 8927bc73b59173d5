import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ChannelAnswer } from '@vastrox/shared/channel.ts'
import { type AddLogDrain, type ChangeLogDrain, LogDrain } from '@vastrox/shared/log-drain.ts'
import { api, TEST_TIMEOUT_MS } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const PATH = '/log-drains'
const drainList = itemsOf(LogDrain)
/** Counters rise without an event. */
const EVERY_MS = 15_000

export const drainsQuery = queryOptions({
  queryKey: ['drains'],
  queryFn: ({ signal }) => api.get(PATH, drainList, { signal }),
  refetchInterval: EVERY_MS,
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['drains'] }),
    // What was sent may hold a secret: it goes with the form.
    gcTime: 0,
  })
}

export const useAddDrain = () => useChange((wish: AddLogDrain) => api.post(PATH, LogDrain, wish))
export const useChangeDrain = () =>
  useChange(({ id, ...change }: ChangeLogDrain & { id: string }) =>
    api.patch(`${PATH}/${id}`, LogDrain, change),
  )
/** Sends one line, and waits for what becomes of it. */
export const useTestDrain = () =>
  useChange((id: string) =>
    api.post(`${PATH}/${id}/test`, ChannelAnswer, {}, { timeoutMs: TEST_TIMEOUT_MS }),
  )
export const useRemoveDrain = () => useChange((id: string) => api.delete(`${PATH}/${id}`, ignored))
