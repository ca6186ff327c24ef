import { type SubmitEvent, useState } from 'react'
import type { Person } from '../shared/contract.ts'
import { MAX_NAME } from '../shared/rooms.ts'
import { takeIdleFocus } from '../shared/takeIdleFocus.ts'
import { TextField } from './TextField.tsx'

interface Props {
  problem: string | undefined
  onEnter: (person: Person) => void
}

export function SignInCard({ problem, onEnter }: Props) {
  const [name, setName] = useState('')
  const [isStaff, setIsStaff] = useState(false)

  function onSubmit(event: SubmitEvent) {
    event.preventDefault()
    onEnter({ name, isStaff })
  }

  return (
    <section className="card" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">Who are you?</h2>
      <p className="muted small">Any name will do, and nobody checks it.</p>
      <form className="fields" onSubmit={onSubmit}>
        <TextField
          ref={takeIdleFocus}
          label="Name"
          value={name}
          maxLength={MAX_NAME}
          autoComplete="nickname"
          onText={setName}
        />
        <label className="field">
          <input type="checkbox" checked={isStaff} onChange={(event) => setIsStaff(event.target.checked)} />
          Member of staff
        </label>
        <button type="submit" className="button primary">
          Come in
        </button>
        <p className="problem small" role="alert">
          {problem}
        </p>
      </form>
    </section>
  )
}
