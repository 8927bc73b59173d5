import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type ChangeDestination,
  type CreateDestination,
  Destination,
} from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const destinationList = itemsOf(Destination)

/** An entry of the catalog: its form is drawn from its settings. */
const DestinationKind = z.object({
  kind: z.string(),
  title: z.string(),
  settings: z.unknown(),
  secrets: z.array(z.string()).default([]),
})
export type DestinationKind = z.infer<typeof DestinationKind>

/** The key is there only in the reply that makes a destination. */
const CreatedDestination = z.union([
  z.object({ destination: Destination, key: z.string() }),
  Destination.transform((destination) => ({ destination, key: undefined })),
])

export const destinationsQuery = queryOptions({
  queryKey: ['backups', 'destinations'],
  queryFn: ({ signal }) => api.get('/destinations', destinationList, { signal }),
})

export const destinationKindsQuery = queryOptions({
  queryKey: ['catalog', 'destinations'],
  queryFn: ({ signal }) => api.get('/catalog/destinations', itemsOf(DestinationKind), { signal }),
  staleTime: 60_000,
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: ['backups'] }),
    // What was sent may hold a key: it goes with the form.
    gcTime: 0,
  })
}

const pathOf = (name: string): string => `/destinations/${encodeURIComponent(name)}`

export const useAddDestination = () =>
  useChange((wish: CreateDestination) => api.post('/destinations', CreatedDestination, wish))
export const useChangeDestination = () =>
  useChange(({ name, ...change }: ChangeDestination & { name: string }) =>
    api.patch(pathOf(name), Destination, change),
  )
export const useTestDestination = () =>
  useChange((name: string) => api.post(`${pathOf(name)}/test`, ignored))
export const useRemoveDestination = () =>
  useChange((name: string) => api.delete(pathOf(name), ignored, { confirm: name }))
