import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type AddOutgoingWebhook,
  type ChangeOutgoingWebhook,
  CreatedOutgoingWebhook,
  OutgoingDelivery,
  OutgoingDeliveryDetails,
  OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const PATH = '/outgoing-webhooks'
const webhookList = itemsOf(OutgoingWebhook)
const deliveryList = itemsOf(OutgoingDelivery)

export const webhooksQuery = queryOptions({
  queryKey: ['outgoing-webhooks'],
  queryFn: ({ signal }) => api.get(PATH, webhookList, { signal }),
})

export const webhookDeliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['outgoing-webhooks', id, 'deliveries'],
    queryFn: ({ signal }) => api.get(`${PATH}/${id}/deliveries`, deliveryList, { signal }),
  })

export const webhookDeliveryQuery = (id: string, delivery: string) =>
  queryOptions({
    queryKey: ['outgoing-webhooks', id, 'deliveries', delivery],
    queryFn: ({ signal }) =>
      api.get(`${PATH}/${id}/deliveries/${delivery}`, OutgoingDeliveryDetails, { signal }),
  })

export function useAddWebhook() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: AddOutgoingWebhook) => api.post(PATH, CreatedOutgoingWebhook, input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
    // The reply holds a secret: it goes with the page that shows it.
    gcTime: 0,
  })
}

export function useWebhookAct(id: string) {
  const queryClient = useQueryClient()
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: webhooksQuery.queryKey })
  return {
    change: useMutation({
      mutationFn: (input: ChangeOutgoingWebhook) =>
        api.patch(`${PATH}/${id}`, OutgoingWebhook, input),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: () => api.delete(`${PATH}/${id}`, ignored),
      onSuccess,
    }),
    renewSecret: useMutation({
      mutationFn: () => api.post(`${PATH}/${id}/secret`, CreatedOutgoingWebhook),
      onSuccess,
      gcTime: 0,
    }),
    test: useMutation({
      mutationFn: () => api.post(`${PATH}/${id}/test`, OutgoingDelivery),
      onSuccess,
    }),
    redeliver: useMutation({
      mutationFn: (delivery: string) =>
        api.post(`${PATH}/${id}/deliveries/${delivery}/redeliver`, OutgoingDelivery),
      onSuccess,
    }),
  }
}
