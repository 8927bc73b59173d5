import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type ChangeExternal,
  ConnectedExternal,
  type ConnectExternal,
  ExternalSource,
  LookOutcome,
  WebhookDelivery,
} from '@vastrox/shared/external-source.ts'
import {
  AddedGitAccount,
  type AddGitAccount,
  type ConnectRepository,
  GitAccount,
  HostRepository,
} from '@vastrox/shared/git-account.ts'
import { type ConnectRemote, PullOutcome, RemoteSource } from '@vastrox/shared/remote-source.ts'
import { z } from 'zod'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const Git = z.object({ source: ExternalSource.nullable() })
const Remote = z.object({ source: RemoteSource.nullable() })
const deliveryList = itemsOf(WebhookDelivery)
const accountList = itemsOf(GitAccount)
const repositoryList = itemsOf(HostRepository)
const branchList = itemsOf(z.string())

export const gitSourceQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'git-source'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/sources/git`, Git, { signal }),
  })

export const remoteSourceQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'remote-source'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/sources/sftp`, Remote, { signal }),
  })

export const deliveriesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'deliveries'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/sources/git/deliveries`, deliveryList, { signal }),
  })

export const accountsQuery = queryOptions({
  queryKey: ['git-accounts'],
  queryFn: ({ signal }) => api.get('/git-accounts', accountList, { signal }),
})

export const repositoriesQuery = (account: string, search: string) =>
  queryOptions({
    queryKey: ['git-accounts', account, 'repositories', search],
    queryFn: ({ signal }) =>
      api.get(
        `/git-accounts/${account}/repositories?search=${encodeURIComponent(search)}`,
        repositoryList,
        { signal },
      ),
    // Of the same account, while another word is searched.
    placeholderData: (before, query) => (query?.queryKey[1] === account ? before : undefined),
    enabled: account !== '',
  })

export const branchesQuery = (account: string, repository: string) =>
  queryOptions({
    queryKey: ['git-accounts', account, 'branches', repository],
    queryFn: ({ signal }) =>
      api.get(
        `/git-accounts/${account}/branches?repository=${encodeURIComponent(repository)}`,
        branchList,
        { signal },
      ),
    enabled: account !== '' && repository !== '',
  })

/** What every act on a source makes old. */
function useRefresh(app: string) {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['app', app] })
}

export const useConnectGit = (app: string) =>
  useMutation({
    mutationFn: (wish: z.input<typeof ConnectExternal>) =>
      api.put(`/apps/${app}/sources/git`, ConnectedExternal, wish),
    onSuccess: useRefresh(app),
  })

export const useChangeGit = (app: string) =>
  useMutation({
    mutationFn: (change: ChangeExternal) =>
      api.patch(`/apps/${app}/sources/git`, ExternalSource, change),
    onSuccess: useRefresh(app),
  })

/** The acts that need nothing said. */
export const useGitAct = (app: string) => {
  const refresh = useRefresh(app)
  const path = `/apps/${app}/sources/git`
  return {
    disconnect: useMutation({ mutationFn: () => api.delete(path, ignored), onSuccess: refresh }),
    fetch: useMutation({
      mutationFn: () => api.post(`${path}/fetch`, LookOutcome),
      onSuccess: refresh,
    }),
    newKey: useMutation({
      mutationFn: () => api.post(`${path}/deploy-key`, ExternalSource),
      onSuccess: refresh,
    }),
    forgetHostKey: useMutation({
      mutationFn: () => api.delete(`${path}/host-key`, ExternalSource),
      onSuccess: refresh,
    }),
    newSecret: useMutation({
      mutationFn: () => api.post(`${path}/webhook-secret`, ConnectedExternal),
      onSuccess: refresh,
    }),
    redeliver: useMutation({
      mutationFn: (id: string) => api.post(`${path}/deliveries/${id}/redeliver`, WebhookDelivery),
      onSuccess: refresh,
    }),
  }
}

export const useConnectRemote = (app: string) =>
  useMutation({
    mutationFn: (wish: z.input<typeof ConnectRemote>) =>
      api.put(`/apps/${app}/sources/sftp`, RemoteSource, wish),
    onSuccess: useRefresh(app),
  })

export const useRemoteAct = (app: string) => {
  const refresh = useRefresh(app)
  const path = `/apps/${app}/sources/sftp`
  return {
    disconnect: useMutation({ mutationFn: () => api.delete(path, ignored), onSuccess: refresh }),
    pull: useMutation({
      mutationFn: (full: boolean) => api.post(`${path}/pull`, PullOutcome, { full }),
      onSuccess: refresh,
    }),
    forgetHostKey: useMutation({
      mutationFn: () => api.delete(`${path}/host-key`, RemoteSource),
      onSuccess: refresh,
    }),
  }
}

export const useAddAccount = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wish: z.input<typeof AddGitAccount>) =>
      api.post('/git-accounts', AddedGitAccount, wish),
    onSuccess: () => client.invalidateQueries({ queryKey: accountsQuery.queryKey }),
  })
}

export const useConnectRepository = (app: string) =>
  useMutation({
    mutationFn: (wish: z.input<typeof ConnectRepository>) =>
      api.post(`/apps/${app}/sources/git/from-account`, ConnectedExternal, wish),
    onSuccess: useRefresh(app),
  })
