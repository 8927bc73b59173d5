import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { Deployment } from '@vastrox/shared/deployment.ts'
import {
  type ChangeVolume,
  type CreateVolume,
  DestroyedVolume,
  Volume,
} from '@vastrox/shared/volume.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'

const volumeList = itemsOf(Volume)
const destroyedList = itemsOf(DestroyedVolume)
const Changed = z.object({ volume: Volume, deployment: Deployment.nullable() })

export const volumesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'volumes'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/volumes`, volumeList, { signal }),
  })

export const destroyedVolumesQuery = queryOptions({
  queryKey: ['destroyed-volumes'],
  queryFn: ({ signal }) => api.get('/destroyed-volumes', destroyedList, { signal }),
})

/** What every act on volumes makes old. */
function useRefresh(app: string) {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['app', app] }),
      client.invalidateQueries({ queryKey: destroyedVolumesQuery.queryKey }),
    ])
}

export const useCreateVolume = (app: string) =>
  useMutation({
    mutationFn: (wish: z.input<typeof CreateVolume>) =>
      api.post(`/apps/${app}/volumes`, Changed, wish),
    onSuccess: useRefresh(app),
  })

export const useChangeVolume = (app: string) =>
  useMutation({
    mutationFn: ({ name, ...changes }: ChangeVolume & { name: string }) =>
      api.patch(`/apps/${app}/volumes/${name}`, Changed, changes),
    onSuccess: useRefresh(app),
  })

export const useDestroyVolume = (app: string) =>
  useMutation({
    mutationFn: (name: string) =>
      api.delete(`/apps/${app}/volumes/${name}`, Changed, { confirm: name }),
    onSuccess: useRefresh(app),
  })

export const useRestoreVolume = (app: string) =>
  useMutation({
    mutationFn: (id: string) => api.post(`/destroyed-volumes/${id}/restore`, Changed, {}),
    onSuccess: useRefresh(app),
  })
