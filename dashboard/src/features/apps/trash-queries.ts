import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { DestroyedApp } from '@vastrox/shared/app.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const trashList = itemsOf(DestroyedApp)

/** Destroyed apps, which can be taken back until somebody purges them. */
export const trashQuery = queryOptions({
  queryKey: ['app-list', 'trash'],
  queryFn: ({ signal }) => api.get('/destroyed-apps', trashList, { signal }),
})

export function useRestoreApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.post(`/destroyed-apps/${name}/restore`, ignored),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}
