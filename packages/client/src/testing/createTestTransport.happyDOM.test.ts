// @vitest-environment happy-dom
import { describeTestTransport } from '../../test/describeTestTransport.ts'

describeTestTransport('happy-dom')
