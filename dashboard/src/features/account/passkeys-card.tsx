import { useSuspenseQuery } from '@tanstack/react-query'
import type { Passkey } from '@vastrox/shared/sign-in.ts'
import { Fingerprint, Plus } from 'lucide-react'
import { useState } from 'react'
import { RecoveryCodesDialog } from '#features/account/recovery-codes-dialog.tsx'
import {
  signInWaysQuery,
  useAddPasskey,
  useRemovePasskey,
  useRenamePasskey,
} from '#features/account/sign-in-ways-queries.ts'
import { canUsePasskeys } from '#lib/passkeys.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'

/** Keys on one's own devices, in place of the password. */
export function PasskeysCard() {
  const { data: ways } = useSuspenseQuery(signInWaysQuery)
  const [adding, setAdding] = useState(false)
  const [renaming, setRenaming] = useState<Passkey>()
  const [removing, setRemoving] = useState<Passkey>()
  const [codes, setCodes] = useState<readonly string[]>()
  const mayAdd = ways.canAddPasskeys && canUsePasskeys()
  if (!mayAdd && ways.passkeys.length === 0) return null

  return (
    <Card
      title={t('Passkeys')}
      lead={t('Sign in by fingerprint, face or PIN, with nothing to type and nothing to steal.')}
      flush
      aside={
        mayAdd && (
          <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            {t('Add a passkey')}
          </Button>
        )
      }
    >
      {ways.passkeys.length === 0 ? (
        <EmptyState icon={<Fingerprint size={20} aria-hidden />} title={t('No passkeys yet')}>
          {t(
            'With one, your password alone no longer lets anybody in. Add one on each of your devices.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {ways.passkeys.map((passkey) => (
            <PasskeyRow
              key={passkey.id}
              passkey={passkey}
              onRename={() => setRenaming(passkey)}
              onRemove={() => setRemoving(passkey)}
            />
          ))}
        </ul>
      )}
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title={t('Add a passkey')}
        lead={t('Your browser asks for your fingerprint, your face or a PIN.')}
      >
        {adding && (
          <AddForm
            onClose={() => setAdding(false)}
            onAdded={(made) => {
              setAdding(false)
              if (made.length > 0) setCodes(made)
            }}
          />
        )}
      </Dialog>
      <Dialog
        open={renaming !== undefined}
        onClose={() => setRenaming(undefined)}
        title={t('Rename')}
      >
        {renaming && <RenameForm passkey={renaming} onClose={() => setRenaming(undefined)} />}
      </Dialog>
      <RemovePasskeyDialog passkey={removing} onClose={() => setRemoving(undefined)} />
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />
    </Card>
  )
}

interface RowProps {
  passkey: Passkey
  onRename: () => void
  onRemove: () => void
}

function PasskeyRow({ passkey, onRename, onRemove }: RowProps) {
  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <Fingerprint size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 font-medium">
          {passkey.name}
          {passkey.isSynced && <Badge tone="idle">{t('Synced')}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {passkey.host} ·{' '}
          {passkey.lastUsedAt === null ? (
            t('never used')
          ) : (
            <>{rich(t('used {lastUsedAt}'), { lastUsedAt: <Ago at={passkey.lastUsedAt} /> })}</>
          )}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          size="sm"
          aria-label={t('Rename {name}', { name: passkey.name })}
          onClick={onRename}
        >
          {t('Rename')}
        </Button>
        <Button
          size="sm"
          aria-label={t('Remove {name}', { name: passkey.name })}
          onClick={onRemove}
        >
          {t('Remove')}
        </Button>
      </div>
    </li>
  )
}

interface AddProps {
  onClose: () => void
  /** With recovery codes, where it is the first second factor. */
  onAdded: (codes: readonly string[]) => void
}

function AddForm({ onClose, onAdded }: AddProps) {
  const add = useAddPasskey()
  const [name, setName] = useState('')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate(name.trim(), {
          onSuccess: ({ passkey, codes }) => {
            toast.good(
              t('{name} signs you in from now on. Other sign-ins have ended.', {
                name: passkey.name,
              }),
            )
            onAdded(codes)
          },
        })
      }}
    >
      {add.error && <ErrorNotice error={add.error} />}
      <NameField value={name} onChange={setName} />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={name.trim() === ''} busy={add.isPending}>
          {t('Add it')}
        </Button>
      </DialogActions>
    </form>
  )
}

function RenameForm({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const rename = useRenamePasskey()
  const [name, setName] = useState(passkey.name)
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate({ id: passkey.id, name: name.trim() }, { onSuccess: onClose })
      }}
    >
      {rename.error && <ErrorNotice error={rename.error} />}
      <NameField value={name} onChange={setName} />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          disabled={name.trim() === ''}
          busy={rename.isPending}
        >
          {t('Rename')}
        </Button>
      </DialogActions>
    </form>
  )
}

function NameField({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  return (
    <Field
      label={t('Name')}
      placeholder={t('my laptop')}
      hint={t('To recognise it by when you remove it one day.')}
      maxLength={80}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function RemovePasskeyDialog({
  passkey,
  onClose,
}: {
  passkey: Passkey | undefined
  onClose: () => void
}) {
  const remove = useRemovePasskey()
  return (
    <RemoveDialog
      name={passkey?.name}
      lead={t('It lets nobody in from this moment on. Other sign-ins of yours end.')}
      busy={remove.isPending}
      onClose={onClose}
      onRemove={() =>
        passkey && remove.mutate(passkey.id, { onSuccess: onClose, onError: toast.error })
      }
    />
  )
}
