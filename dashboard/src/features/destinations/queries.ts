import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  BackupRoot,
  type ChangeDestination,
  CreatedDestination,
  type CreateDestination,
  Destination,
  DestinationKey,
  DestinationKindInfo,
} from '@vastrox/shared/backup.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const destinationList = itemsOf(Destination)
const kindList = itemsOf(DestinationKindInfo)
const rootList = itemsOf(BackupRoot)

export const destinationsQuery = queryOptions({
  queryKey: ['destinations', 'list'],
  queryFn: ({ signal }) => api.get('/destinations', destinationList, { signal }),
})

export const kindsQuery = queryOptions({
  queryKey: ['destinations', 'kinds'],
  queryFn: ({ signal }) => api.get('/destination-kinds', kindList, { signal }),
  staleTime: 60_000,
})

/** While there is none: somebody is at the command that the page tells them. */
const NO_ROOT_EVERY_MS = 3_000

/** Places on this server's own disks that root has registered. */
export const rootsQuery = queryOptions({
  queryKey: ['destinations', 'roots'],
  queryFn: ({ signal }) => api.get('/backup-roots', rootList, { signal }),
  refetchInterval: ({ state }) => (state.data?.length === 0 ? NO_ROOT_EVERY_MS : false),
})

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['destinations'] }),
        client.invalidateQueries({ queryKey: ['backups'] }),
      ]),
    // What was sent or shown may hold a key: it goes with the form.
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
  useChange((name: string) => api.post(`${pathOf(name)}/test`, Destination))
/** Reads everything there again, in the background. */
export const useCheckDestination = () =>
  useChange((name: string) => api.post(`${pathOf(name)}/check`, Destination))
export const useRevealKey = () =>
  useChange((name: string) => api.post(`${pathOf(name)}/key`, DestinationKey))
export const useRemoveDestination = () =>
  useChange((name: string) => api.delete(pathOf(name), ignored, { confirm: name }))
