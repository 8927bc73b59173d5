import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { AddAccountForm } from '#features/sources/add-account-form.tsx'
import {
  accountsQuery,
  branchesQuery,
  repositoriesQuery,
  useConnectRepository,
} from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

/** Repository and branch from a list; key and webhook are installed at the host. */
export function PickRepositoryDialog({ app, open, onClose }: Props) {
  const { data: accounts = [] } = useQuery({ ...accountsQuery, enabled: open })
  const [adding, setAdding] = useState(false)
  const connected = accounts.filter(({ connectedAt }) => connectedAt !== null)
  const isAdding = adding || connected.length === 0
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={isAdding ? t('An account at a Git host') : t('Pick a repository')}
      wide
    >
      {isAdding ? (
        <AddAccountForm
          onDone={() => setAdding(false)}
          onCancel={connected.length === 0 ? onClose : () => setAdding(false)}
        />
      ) : (
        <PickForm app={app} accounts={connected} onAdd={() => setAdding(true)} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface PickProps {
  app: string
  accounts: readonly { id: string; name: string; baseUrl: string }[]
  onAdd: () => void
  onClose: () => void
}

function PickForm({ app, accounts, onAdd, onClose }: PickProps) {
  const [account, setAccount] = useState(accounts[0]?.id ?? '')
  const [search, setSearch] = useState('')
  const [asked, setAsked] = useState('')
  const [chosen, setChosen] = useState('')
  const [standard, setStandard] = useState('')
  const [branch, setBranch] = useState('')
  const repositories = useQuery(repositoriesQuery(account, asked))
  const branches = useQuery(branchesQuery(account, chosen))
  const connect = useConnectRepository(app)
  const found = (repositories.data ?? []).filter(({ name }) =>
    name.toLowerCase().includes(search.trim().toLowerCase()),
  )
  // A host that has thousands is asked for what was typed, once nothing more is.
  useEffect(() => {
    const soon = setTimeout(() => setAsked(search.trim()), 400)
    return () => clearTimeout(soon)
  }, [search])
  const problem = connect.error ?? repositories.error ?? branches.error

  const submit = (event: FormEvent) => {
    event.preventDefault()
    connect.mutate(
      { account, repository: chosen, branch: branch === '' ? standard : branch },
      {
        onSuccess: () => {
          toast.good(t('Connected. Key and webhook are installed.'))
          onClose()
        },
      },
    )
  }

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t('Pick a repository')}>
      {problem && <ErrorNotice error={problem} />}
      <Select
        label={t('Account')}
        value={account}
        onChange={(event) => {
          setAccount(event.target.value)
          setChosen('')
        }}
      >
        {accounts.map(({ id, name, baseUrl }) => (
          <option key={id} value={id}>
            {t('{name} at {host}', { name, host: new URL(baseUrl).host })}
          </option>
        ))}
      </Select>
      <Field
        label={t('Search')}
        placeholder="owner/name"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <Select
        label={t('Repository')}
        value={chosen}
        onChange={(event) => {
          const name = event.target.value
          setChosen(name)
          setStandard(found.find((one) => one.name === name)?.defaultBranch ?? '')
          setBranch('')
        }}
        hint={
          repositories.isPending
            ? t('Asking the host …')
            : t('{found} found', { found: found.length })
        }
      >
        <option value="">{t('Choose one')}</option>
        {chosen !== '' && !found.some(({ name }) => name === chosen) && (
          <option value={chosen}>{chosen}</option>
        )}
        {found.map(({ name, isPrivate }) => (
          <option key={name} value={name}>
            {name}
            {isPrivate ? t(' (private)') : ''}
          </option>
        ))}
      </Select>
      <Select
        label={t('Branch')}
        value={branch === '' ? standard : branch}
        disabled={chosen === ''}
        onChange={(event) => setBranch(event.target.value)}
      >
        {[...new Set([standard, ...(branches.data ?? [])])]
          .filter((name) => name !== '')
          .map((name) => (
            <option key={name}>{name}</option>
          ))}
      </Select>
      <DialogActions>
        <Button variant="quiet" onClick={onAdd}>
          {t('Another account')}
        </Button>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={chosen === ''} busy={connect.isPending}>
          {t('Connect')}
        </Button>
      </DialogActions>
    </form>
  )
}
