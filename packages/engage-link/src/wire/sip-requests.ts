/** Requests that a SIP Server answers. */
import { z } from 'zod';
import { addressTypes } from './sip-names.ts';
import { attributes, referenceId } from './values.ts';

export const sipRequests = {
  RequestRegisterAddress: attributes({
    ReferenceID: referenceId,
    ThisDN: z.string().min(1),
    AddressType: z.enum(addressTypes),
    RegisterMode: z.literal('ModeShare'),
    ControlMode: z.literal('RegisterDefault'),
  }),
  RequestUnregisterAddress: attributes({ ReferenceID: referenceId, ThisDN: z.string().min(1) }),
  RequestStartCallMonitoring: attributes({ ReferenceID: referenceId }),
  RequestStopCallMonitoring: attributes({ ReferenceID: referenceId }),
  RequestQueryServer: attributes({ ReferenceID: referenceId }),
} as const;

export type SipRequestName = keyof typeof sipRequests;
export type SipRequestAttributes = { [Name in SipRequestName]: z.output<(typeof sipRequests)[Name]> };
