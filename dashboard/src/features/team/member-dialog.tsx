import { Role } from '@vastrox/shared/permissions.ts'
import type { Grants } from '@vastrox/shared/team.ts'
import type { User } from '@vastrox/shared/user.ts'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { GrantsField } from '#features/team/grants-field.tsx'
import { useChangeUser } from '#features/team/queries.ts'
import { ROLE_WORDS, rolesToGive } from '#features/team/role-words.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  user: User | undefined
  onClose: () => void
}

/** What somebody is in the team and on single apps; it counts from the moment it is saved. */
export function MemberDialog({ user, onClose }: Props) {
  return (
    <Dialog
      open={user !== undefined}
      onClose={onClose}
      title={t('What {name} may do', { name: user?.name })}
      lead={t('It counts at once, for what they have open too.')}
    >
      {user && <MemberForm user={user} onClose={onClose} />}
    </Dialog>
  )
}

function MemberForm({ user, onClose }: { user: User; onClose: () => void }) {
  const me = useMe()
  const change = useChangeUser()
  const [role, setRole] = useState<Role>(user.role)
  const [grants, setGrants] = useState<Grants>(user.grants)
  const changed = changesOf(user.grants, grants)
  const isSame = role === user.role && Object.keys(changed).length === 0

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate(
          { name: user.name, ...(role !== user.role && { role }), grants: changed },
          { onSuccess: onClose },
        )
      }}
    >
      {change.error && <ErrorNotice error={change.error} />}
      <RoleField
        value={role}
        roles={[...new Set([...rolesToGive(me.permissions), user.role])]}
        onChange={setRole}
      />
      <GrantsField grants={grants} onChange={setGrants} />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={isSame} busy={change.isPending}>
          {t('Save')}
        </Button>
      </DialogActions>
    </form>
  )
}

interface RoleProps {
  value: Role
  roles: readonly Role[]
  onChange: (role: Role) => void
}

/** The roles in their order, the mightiest first. */
export function RoleField({ value, roles, onChange }: RoleProps) {
  return (
    <Select
      label={t('Role in the team')}
      value={value}
      onChange={({ target }) => onChange(Role.catch(value).parse(target.value))}
    >
      {Role.options
        .filter((role) => roles.includes(role))
        .map((role) => (
          <option key={role} value={role}>
            {ROLE_WORDS[role]}
          </option>
        ))}
    </Select>
  )
}

/** What the server is told: what is new or different, and null for what is gone. */
function changesOf(before: Grants, after: Grants) {
  const gone = Object.keys(before).filter((name) => after[name] === undefined)
  const set = Object.entries(after).filter(([name, role]) => before[name] !== role)
  return Object.fromEntries([...set, ...gone.map((name) => [name, null] as const)])
}
