import { describeTestTransport } from '../../test/describeTestTransport.ts'

describeTestTransport('Node')
