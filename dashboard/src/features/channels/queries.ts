import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type AddChannel,
  type ChangeChannel,
  Channel,
  ChannelAnswer,
  ChannelDelivery,
  ChannelKindInfo,
} from '@vastrox/shared/channel.ts'
import { api, TEST_TIMEOUT_MS } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const channelList = itemsOf(Channel)
const kindList = itemsOf(ChannelKindInfo)
const deliveryList = itemsOf(ChannelDelivery)

export const channelsQuery = queryOptions({
  queryKey: ['channels', 'list'],
  queryFn: ({ signal }) => api.get('/channels', channelList, { signal }),
})

export const channelKindsQuery = queryOptions({
  queryKey: ['channels', 'kinds'],
  queryFn: ({ signal }) => api.get('/catalog/channels', kindList, { signal }),
  staleTime: 60_000,
})

export const channelDeliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['channels', 'deliveries', id],
    queryFn: ({ signal }) =>
      api.get(`/channels/${id}/deliveries?limit=50`, deliveryList, { signal }),
  })

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['channels'] }),
        client.invalidateQueries({ queryKey: ['alerts', 'summary'] }),
      ]),
    // What was sent may hold a secret: it goes with the form.
    gcTime: 0,
  })
}

export const useAddChannel = () =>
  useChange((wish: AddChannel) => api.post('/channels', Channel, wish))
export const useChangeChannel = () =>
  useChange(({ id, ...change }: ChangeChannel & { id: string }) =>
    api.patch(`/channels/${id}`, Channel, change),
  )
export const useTestChannel = () =>
  useChange((id: string) =>
    api.post(`/channels/${id}/test`, ChannelAnswer, {}, { timeoutMs: TEST_TIMEOUT_MS }),
  )
export const useRemoveChannel = () =>
  useChange((id: string) => api.delete(`/channels/${id}`, ignored))
