"""What is stored, a file for each noun: columns, and the rules that a row can tell about itself."""

from minimaluser.models.code import Code as Code
from minimaluser.models.event import Event as Event
from minimaluser.models.hit import Hit as Hit
from minimaluser.models.mail_stop import MailStop as MailStop
from minimaluser.models.outbox_item import DEAD as DEAD
from minimaluser.models.outbox_item import DONE as DONE
from minimaluser.models.outbox_item import IS_DEAD as IS_DEAD
from minimaluser.models.outbox_item import IS_WAITING as IS_WAITING
from minimaluser.models.outbox_item import WAITING as WAITING
from minimaluser.models.outbox_item import OutboxItem as OutboxItem
from minimaluser.models.session import Session as Session
from minimaluser.models.token import Token as Token
from minimaluser.models.user import IS_UNCONFIRMED as IS_UNCONFIRMED
from minimaluser.models.user import User as User
