import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type AcceptInvitation,
  type ChangeUser,
  CreatedInvitation,
  type CreateInvitation,
  Invitation,
  ShownInvitation,
  Team,
} from '@vastrox/shared/team.ts'
import { Session, User } from '@vastrox/shared/user.ts'
import { useOtherWorld } from '#features/team/other-world.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const userList = itemsOf(User)
const invitationList = itemsOf(Invitation)
const sessionList = itemsOf(Session)

export const usersQuery = queryOptions({
  queryKey: ['users', 'list'],
  queryFn: ({ signal }) => api.get('/users', userList, { signal }),
})

export const invitationsQuery = queryOptions({
  queryKey: ['users', 'invitations'],
  queryFn: ({ signal }) => api.get('/invitations', invitationList, { signal }),
})

export const userSessionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['users', 'sessions', name],
    queryFn: ({ signal }) => api.get(`/users/${name}/sessions`, sessionList, { signal }),
  })

/** What whoever holds the link is asked to accept; kept nowhere, since the link is a secret. */
export const useLookAtInvitation = () =>
  useMutation({
    mutationFn: (token: string) => api.post('/invitations/look', ShownInvitation, { token }),
    gcTime: 0,
  })

function useTeamAct<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['users'] }),
    gcTime: 0,
  })
}

export const useChangeUser = () =>
  useTeamAct(({ name, ...wish }: ChangeUser & { name: string }) =>
    api.patch(`/users/${name}`, User, wish),
  )

export const useRemoveUser = () =>
  useTeamAct((name: string) => api.delete(`/users/${name}`, ignored))

export const useEndSessions = () =>
  useTeamAct((name: string) => api.delete(`/users/${name}/sessions`, ignored))

export const useInvite = () =>
  useTeamAct((wish: CreateInvitation) => api.post('/invitations', CreatedInvitation, wish))

export const useRevokeInvitation = () =>
  useTeamAct((id: string) => api.delete(`/invitations/${id}`, ignored))

export const useCreateTeam = () =>
  useOtherWorld(async (name: string) => {
    const { id } = await api.post('/teams', Team, { name })
    await api.post('/session/team', ignored, { team: id })
  })

export const useRemoveTeam = () =>
  useOtherWorld((id: string) => api.delete(`/teams/${id}`, ignored))

export const useAcceptInvitation = () =>
  useOtherWorld((wish: AcceptInvitation) => api.post('/invitations/accept', ignored, wish))

export const useJoinTeam = () =>
  useOtherWorld((token: string) => api.post('/invitations/join', ignored, { token }))

export function useRenameTeam() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      api.patch(`/teams/${id}`, ignored, { name }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['me'] }),
  })
}
