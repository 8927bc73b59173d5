import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  AppEnvGroups,
  EnvChange,
  EnvChanged,
  EnvGroup,
  EnvGroupChanged,
  EnvVariable,
} from '@vastrox/shared/env.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'
import type { EnvDraft } from '#features/env/env-draft.ts'

const envList = itemsOf(EnvVariable)
const changeList = itemsOf(EnvChange)
const groupList = itemsOf(EnvGroup)

export const envQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'env'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/env`, envList, { signal }),
  })

export const envChangesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'env', 'changes'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/env-changes`, changeList, { signal }),
  })

export const appGroupsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'env', 'groups'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/env-groups`, AppEnvGroups, { signal }),
  })

export const envGroupsQuery = queryOptions({
  queryKey: ['env-groups'],
  queryFn: ({ signal }) => api.get('/env-groups', groupList, { signal }),
})

export const groupChangesQuery = (group: string) =>
  queryOptions({
    queryKey: ['env-groups', group, 'changes'],
    queryFn: ({ signal }) => api.get(`/env-groups/${group}/changes`, changeList, { signal }),
  })

/** One value, of `/apps/…/env` or `/env-groups/…/variables`. The platform writes down who asked for it. */
export const useReveal = (path: string) =>
  useMutation({
    mutationFn: async (key: string) => {
      const { value } = await api.get(`${path}/${key}`, EnvVariable)
      return value ?? ''
    },
    // A value stays no longer than the row that shows it.
    gcTime: 0,
  })

/** All changes at once: one release, one deployment; null when nothing is live to deploy. */
export const useSaveEnv = (app: string) =>
  useMutation({
    mutationFn: (draft: EnvDraft) =>
      api.patch(`/apps/${app}/env`, EnvChanged, { set: Object.fromEntries(draft) }),
  })

export const useRestoreEnv = (app: string) =>
  useMutation({
    mutationFn: (number: number) =>
      api.post(`/apps/${app}/env-changes/${number}/restore`, EnvChanged),
  })

export const useAttachGroups = (app: string) => {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (groups: readonly string[]) =>
      api.put(`/apps/${app}/env-groups`, EnvChanged, { groups }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: envQuery(app).queryKey }),
        queryClient.invalidateQueries({ queryKey: envGroupsQuery.queryKey }),
      ]),
  })
}

/** What changes groups; the list is read again after each. */
export function useGroupMutations(group: string) {
  const queryClient = useQueryClient()
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: envGroupsQuery.queryKey })
  return {
    save: useMutation({
      mutationFn: (draft: EnvDraft) =>
        api.patch(`/env-groups/${group}`, EnvGroupChanged, { set: Object.fromEntries(draft) }),
      onSuccess,
    }),
    restore: useMutation({
      mutationFn: (number: number) =>
        api.post(`/env-groups/${group}/changes/${number}/restore`, EnvGroupChanged),
      onSuccess,
    }),
    destroy: useMutation({
      mutationFn: () => api.delete(`/env-groups/${group}`, ignored),
      onSuccess,
    }),
  }
}

export function useCreateGroup() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.post('/env-groups', EnvGroup, { name }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: envGroupsQuery.queryKey }),
  })
}
