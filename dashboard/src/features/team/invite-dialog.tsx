import type { Role } from '@vastrox/shared/permissions.ts'
import type { CreatedInvitation, Grants } from '@vastrox/shared/team.ts'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { GrantsField } from '#features/team/grants-field.tsx'
import { RoleField } from '#features/team/member-dialog.tsx'
import { useInvite } from '#features/team/queries.ts'
import { rolesToGive } from '#features/team/role-words.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

/** Makes an invitation, then shows its link: the only time that it can be seen. */
export function InviteDialog({ open, onClose }: Props) {
  const [created, setCreated] = useState<CreatedInvitation>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={created ? t('The invitation') : t('Invite somebody')}
      lead={
        created
          ? t('Give them this link. It is shown only now, works once, and for seven days.')
          : t(
              'They get a link from you, by whatever way you trust, and choose a name and a password.',
            )
      }
    >
      {created ? (
        <>
          <CopyBlock text={created.url} label={t('link')} />
          <DialogActions>
            <Button variant="primary" onClick={close}>
              {t('Done')}
            </Button>
          </DialogActions>
        </>
      ) : (
        <InviteForm onCreated={setCreated} onClose={close} />
      )}
    </Dialog>
  )
}

interface FormProps {
  onCreated: (invitation: CreatedInvitation) => void
  onClose: () => void
}

function InviteForm({ onCreated, onClose }: FormProps) {
  const me = useMe()
  const invite = useInvite()
  const [note, setNote] = useState('')
  const [role, setRole] = useState<Role>('developer')
  const [grants, setGrants] = useState<Grants>({})

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        invite.mutate({ note, role, grants }, { onSuccess: onCreated })
      }}
    >
      {invite.error && <ErrorNotice error={invite.error} />}
      <Field
        label={t('For whom')}
        hint={t('For you, to know the invitation by.')}
        placeholder={t('Anna, of the agency')}
        maxLength={80}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      <RoleField value={role} roles={rolesToGive(me.permissions)} onChange={setRole} />
      <GrantsField grants={grants} onChange={setGrants} />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={invite.isPending}>
          {invite.isPending ? t('Making it …') : t('Make the link')}
        </Button>
      </DialogActions>
    </form>
  )
}
