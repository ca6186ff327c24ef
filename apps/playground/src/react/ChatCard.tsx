import { useState } from 'react'
import type { Person } from '../shared/contract.ts'
import { rooms } from '../shared/rooms.ts'
import { Room } from './Room.tsx'

interface Props {
  person: Person
  problem: string | undefined
  onLeave: () => void
  /** Called when the server knows nobody by this page's cookie. */
  onExpire: () => void
}

export function ChatCard({ person, problem, onLeave, onExpire }: Props) {
  const [current, setCurrent] = useState('lobby')
  return (
    <section className="card chat" aria-labelledby="chat-title">
      <div className="card-head">
        <div>
          <h2 id="chat-title">{rooms.get(current)?.title}</h2>
          <p className="who muted small">
            <span>
              You are <bdi className="name">{person.name}</bdi>
              {person.isStaff && ', a member of staff'}
            </span>
            <button type="button" className="link" onClick={onLeave}>
              Sign out
            </button>
          </p>
        </div>
        <div className="switch" role="group" aria-label="Room">
          {[...rooms].map(([name, { title }]) => (
            <button key={name} type="button" aria-pressed={name === current} onClick={() => setCurrent(name)}>
              {title}
            </button>
          ))}
        </div>
      </div>
      <p className="problem small" role="alert">
        {problem}
      </p>
      <Room key={current} name={current} author={person.name} onExpire={onExpire} />
    </section>
  )
}
