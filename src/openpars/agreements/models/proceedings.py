"""What leads to an agreement and follows from it: drafts, proposals, comments of the public, votes, keys, signatures,
letters, certificates.

Rows of people's acts are written by the guard's functions alone (disclosure/sql/proceedings.sql), which ask the charter
for the power first; the pages' role reads them. Acts, votes, signatures, letters and deliveries are never rewritten:
triggers hold that (migration 0004).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from openpars.agreements.models.versions import AgreementVersion


class Act(models.Model):
    """One act of a person in the life of agreements: its trace (promise 10). `subject` is an id or a number, never a
    foreign key; `grounds` are public and name nobody. `told` is what its entry in the log says besides, and
    `pending_id` which entry that is; acts on drafts have none."""

    id = models.BigAutoField(primary_key=True)
    verb = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    ori = models.CharField(max_length=9)
    subject = models.TextField()
    grounds = models.TextField()
    told = models.JSONField(null=True)
    pending_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pending_id"], name="agreements_act_one_entry"),
        ]
        indexes = [
            models.Index(
                fields=["verb"],
                condition=models.Q(verb__in=("suspend_people", "restore_people")),
                name="agreements_act_of_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Draft(models.Model):
    """A text that is being written. It may be malformed, and is nobody's but its office's until it is put forward."""

    id = models.UUIDField(primary_key=True)
    text = models.TextField()
    kept_at = models.DateTimeField()
    kept_by = models.UUIDField()

    def __str__(self) -> str:
        return f"draft {self.id}"


class Proposal(models.Model):
    """What is put to the owners: a text that is to come into force, or that a version not be renewed. What it says
    never changes, nor do the sentences that are signed with it, `plain` (empty in one from before they were kept);
    where it stands is computed (`rules.lifecycle`). `done_at` is when the keeper carried it out, and
    `number` the version that then came into force."""

    class Matter(models.TextChoices):
        TEXT = "text"
        NON_RENEWAL = "non-renewal"

    id = models.UUIDField(primary_key=True)
    matter = models.TextField(choices=Matter.choices)
    identifier = models.TextField()
    version = models.IntegerField()
    title = models.TextField()
    kind = models.TextField(choices=AgreementVersion.Kind.choices)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    plain = models.TextField()
    plain_digest = models.CharField(max_length=64)
    receiver_ori = models.CharField(max_length=9, null=True)  # noqa: DJ001 - a charter has no receiver
    grounds = models.TextField()
    by_vote = models.BooleanField()
    put_by = models.UUIDField()
    put_at = models.DateTimeField()
    consultation_ends_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    number = models.ForeignKey(
        AgreementVersion, models.PROTECT, null=True, db_column="number", related_name="proposals"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(done_at__isnull=True),
                name="agreements_proposal_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} of {self.identifier}, version {self.version}"


class BallotVote(models.Model):
    """One office's one vote on a proposal."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="votes")
    ori = models.CharField(max_length=9)
    by = models.UUIDField()
    at = models.DateTimeField()
    in_favor = models.BooleanField()
    grounds = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "ori"], name="agreements_one_vote_an_office"),
        ]

    def __str__(self) -> str:
        return f"{'for' if self.in_favor else 'against'} {self.proposal_id}"


class Comment(models.Model):
    """What somebody of the public said of a proposal: `name` as they gave it, if they did. `published` is null until
    the solicitor has read it; `answer` is the city's, or why it is not published. `salt` opens its entry in the log."""

    id = models.UUIDField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="comments")
    name = models.TextField()
    words = models.TextField()
    salt = models.BinaryField()
    at = models.DateTimeField()
    published = models.BooleanField(null=True)
    answer = models.TextField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published__isnull=True, answered_at__isnull=True)
                | models.Q(published__isnull=False, answered_at__isnull=False),
                name="agreements_comment_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.id}"


class PartyKey(models.Model):
    """A party's public key (Ed25519). The private key never comes here. `vouched_by`: who registered it once more,
    somebody else than before."""

    id = models.UUIDField(primary_key=True)
    ori = models.CharField(max_length=9)
    label = models.TextField()
    public = models.BinaryField(unique=True)
    registered_by = models.UUIDField()
    registered_at = models.DateTimeField()
    vouched_by = models.UUIDField(null=True)
    vouched_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vouched_by__isnull=True, vouched_at__isnull=True)
                | models.Q(vouched_by__isnull=False, vouched_at__isnull=False),
                name="agreements_key_vouched_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"key of {self.ori}"


class PartySignature(models.Model):
    """A party's signature on a proposed text. Whoever relies on it verifies it: the database cannot."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="signatures")
    ori = models.CharField(max_length=9)
    key = models.ForeignKey(PartyKey, models.PROTECT, related_name="signatures")
    signature = models.BinaryField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "ori"], name="agreements_one_signature_a_party"),
        ]

    def __str__(self) -> str:
        return f"{self.ori} on {self.proposal_id}"


class Letter(models.Model):
    """A letter to a partner, made once from the act that it tells of (`source`: which table and row). `address` is
    where it is e-mailed; empty: it goes by post."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    source = models.TextField(unique=True)
    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="letters")
    to_ori = models.CharField(max_length=9)
    address = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    pdf = models.BinaryField()
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Delivery(models.Model):
    """One attempt to e-mail a letter: whether the mail server took it, or what it said."""

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries")
    at = models.DateTimeField()
    was_taken = models.BooleanField()
    problem = models.TextField()

    def __str__(self) -> str:
        return f"{'sent' if self.was_taken else 'failed'} {self.letter_id}"


class Certificate(models.Model):
    """The certificate of deletion that is owed after an agreement's end: when it is due, and when it came."""

    id = models.UUIDField(primary_key=True)
    agreement = models.OneToOneField(AgreementVersion, models.PROTECT, related_name="certificate")
    clause = models.TextField()
    demanded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    received_by = models.UUIDField(null=True)
    received_words = models.TextField()

    def __str__(self) -> str:
        return f"certificate of {self.agreement_id}"


class Obstacle(models.Model):
    """What the keeper could not do at its last round, in words, and since when: `about` a proposal or a decision, as
    the keeper names it. Gone once it is done, or nobody asks for it any more."""

    about = models.TextField(primary_key=True)
    words = models.TextField()
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.about


class EnteredRule(models.Model):
    """A rule that came from elsewhere (an ordinance, an order), as a prohibition in the format's own words: agreements
    that give what it forbids stand at odds with it."""

    id = models.UUIDField(primary_key=True)
    title = models.TextField()
    citation = models.TextField()
    purposes = ArrayField(models.TextField())
    elements = ArrayField(models.TextField())
    shapes = ArrayField(models.TextField())
    effective_on = models.DateField()
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    repealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title
