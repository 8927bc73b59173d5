import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ChangedApp, type ChangeAppSettings } from '@vastrox/shared/app.ts'
import { AppSources } from '@vastrox/shared/image-source.ts'
import { appQuery, appsQuery } from '#features/apps/queries.ts'
import { buildPlanQuery } from '#features/builds/queries.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

export function useChangeSettings(name: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (changes: ChangeAppSettings) => api.patch(`/apps/${name}`, ChangedApp, changes),
    onSuccess: (app) => {
      queryClient.setQueryData(appQuery(name).queryKey, app)
      return queryClient.invalidateQueries({ queryKey: buildPlanQuery(name).queryKey })
    },
  })
}

export function useDestroyApp(name: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete(`/apps/${name}`, ignored, { confirm: name }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}

export const sourcesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'sources'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/sources`, AppSources, { signal }),
  })
